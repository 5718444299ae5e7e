defn(`nosuch') indir(`nosuch',1) builtin(`nosuch') len() substr(abc) substr(abc,1) translit(abc,a-c,A-C)
builtin(`len',`abcd') indir(`len',`abc') builtin indir builtin(`define',`q',`Q$1')q(5) indir(`q',7)
define(`weird name',`W$1$0')indir(`weird name',2)
ifelse(a) ifelse(a,b) ifelse(a,a,x) ifelse(a,b,c,d,e) ifelse(a,b,c,d) ifelse(a,b,c,a,a,y,z)|ifelse(a,b,c,d,e,f,g,h)
define(define) define(`',x) define(defn(`len'),x) define(`1a',x) define(`$1') define(`e')e.
define(`x',`1')define(`y',x)define(`x',2)x y undefine(`x')x ifdef(`x',yes,no) ifdef(`y',yes) ifdef(`y') ifdef
pushdef(`p',1)pushdef(`p',2)p popdef(`p')p popdef(`p')p popdef(`p') undefine(`p')
define(`n',`$#|$@|$*|$10|$11x|$-|$')n(a,`b c') n n() n(1,2,3,4,5,6,7,8,9,10,11)
