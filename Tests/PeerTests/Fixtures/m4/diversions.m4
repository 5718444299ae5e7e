divert(1)one
divert(2)two
divert(-1)zz
divert zero
undivert(2)
divert(3)undivert(1)three divnum
divert(`')x divert(x)y divert(0)undivert(`3',`fo.txt',`0',-1)divnum
divert(5)five
divert(4)four undivert(5)
