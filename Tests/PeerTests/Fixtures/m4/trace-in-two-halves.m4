debugmode(`aeq')traceon(`changequote', `debugmode', `errprint', `incr', `defn', `echo', `patsubst', `indir', `len')
define(`echo', `$@')
changequote([,])errprint([hi])changequote
debugmode()debugmode(`+l')debugmode(`-l')debugmode(`+z')debugmode
debugmode(`aeq')incr(`x')
echo(defn(`len'))
indir(`len', `abc')indir(`echo', defn(`len'))
patsubst(`', `a')
traceoff(`incr')incr(traceon(`incr')1)incr(traceoff(`incr')1)
debugmode(`caeqx')echo(echo(`a'), dnl
b)
debugmode(`t')len(`a')debugmode(`caeqt')len(`b')
dnl no newline
dnl