define(`f',defn(`len'))f(abc) define(`g',defn(`len')x)g(abc) define(`h',x`'defn(`len'))h(abc) defn(`len',`f') pushdef(`len',`L')len(x) popdef(`len')len(abc)
define(`k',`a`b'c')defn(`k') defn(`k',`k') defn ifelse(defn(`len'),`',empty) len(defn(`len')) define(`m',`[$1]')m(defn(`len')) m(defn(`k'))
dumpdef(`len') define(`q',`x
y')dumpdef(`q',`f') dumpdef(`zz')
