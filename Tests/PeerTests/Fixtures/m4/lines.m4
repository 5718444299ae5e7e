define(`f',`__line__:$1')f(a
b
__line__)
__line__ `aa
bb' __line__ dnl
x __file__ __line__
f(
incr(
x
))
define(`two',`__line__ incr(y)
__line__ incr(z)')
two
two(
)
include(`inc.txt')incr(q)
__line__
