traceon(`f')define(`f',`$1+$*')f(1,`2 3') f debugmode(aeqflc)f(f(1))
debugmode(`t')f(1) len(abc)define(`z',1) debugmode(`V')f(f(2))
debugmode(`bad!') debugmode(`+a')f(1)debugmode(`-a')f(1)
`'debugmode(`-i')
