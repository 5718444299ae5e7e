index(abc,c) index(abc,z) index(abc,`') index(`',a) index(abc) index
shift(a,b,c) shift shift() shift(`a,b',`c,d') len(abc) len len()
substr(gnus,2) substr(gnus,-1) substr(gnus,1,2) substr(gnus,9) substr(gnus,x) substr(gnus,1,x) substr(gnus,0,-3) substr(gnus,`',2) substr
translit(GNUs,`A-Z',`a-z') translit(GNUs,`a-z') translit(abc,`a-c',`c-a') translit(a-b,`a-') translit(`abcd',`aabb',`1234') translit(`x',`x',`-') translit(`+,-12345',`+--1-5',`<;>a-c-a') translit(abc) translit
# comment` here
changecom(`/*',`*/') /* a ` */ changequote([,]) [x [y] z] changequote x `y'
changequote(`<<',`>>')<<a <<b>> c>> `x' changequote(<<[>>,<<]>>)[x]changequote
changecom(`//')// to end of line `
changecom x # y `z'
changecom(`#') # x `y'
changequote(`"',`"')"a"changequote`b' changequote(`a',`b')acb xayb changequote
changequote(,)`x' changequote changequote(`|')|x' changequote `z'
changequote(`((',`))')((x)) f((a),b) changequote
define(`c',changequote([,])[changequote([x])])c
