define(`f',`X$1')f(undefine(`f')a) f(b)
define(`f',`X$1')f(define(`f',`Y$1')a) f(b)
define(`g',`pushdef(`g',`inner $1')g(popdef(`g')x)')g(1)
