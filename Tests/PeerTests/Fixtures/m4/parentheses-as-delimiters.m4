define(`echo', `$#:$*:')define(`hi', `HI')dnl
changecom(`(', `)')echo(hi) changecom(`((', `)')echo((hi)) echo(hi)
changecom(`,', `;')echo(hi,hi;) changecom(` ', `.')echo( hi.) changecom(` x', `.')echo( hi, x.)
changecom(`#')changequote(`(', `)')echo(hi) changequote`'echo(hi)
changequote((,))changequote(`((', `))')echo((hi))changequote`'
changequote(` ', `.')echo( hi.) changequote. .
changequote(,)len()`a'changequote(`,')
changecom(,)#hi
changecom()#hi
changecom(`len', `dnl')len(a) hi dnl hi
changecom`'dnl
changequote(`a
b', `
')a
bhi
changequote`'hi
