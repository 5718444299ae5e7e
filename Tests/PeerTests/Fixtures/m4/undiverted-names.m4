undivert(`nosuch')undivert(`.')undivert(`')undivert(`1x')undivert(`99999999999')undivert(` 1', `+1')
divert(`99999999999')dropped or not
divert(-2147483648)dropped
divert(2147483647)last
divert(1000000)last but one
divert`'here
builtin(`shift')builtin(`ifelse')builtin(`nosuch')indir(`nosuch')indir(`shift')
regexp(`a', `\(')patsubst(`a', `\(')regexp(`a', `a', `\0')patsubst(`aa', `a', `\0\')
mkstemp(`/nosuch/XXXXXX')
syscmd(`exit 127')sysval esyscmd(`exit 126')sysval syscmd(`kill -9 $$')sysval
format(`%d', ` 5x')format(`%d', ` 5')format(`%ld', `99999999999')format(`%hhd', `300')format(`%d', `99999999999')
format(`%f', `1e400')format(`%*d|%-*d|%.*f', -5, 1, 5, 2, -1, 1.5)
