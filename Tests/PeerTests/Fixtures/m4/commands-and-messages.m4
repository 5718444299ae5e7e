define(`e',`errprint(`hi $1
', more)')e(a)__file__:__line__ errprint errprint()
esyscmd(echo hi) syscmd(echo yo) sysval syscmd(exit 3)sysval syscmd(`kill -9 $$')sysval esyscmd() sysval esyscmd
syscmd syscmd() __program__ __gnu__ __unix__ divnum(x) __line__(x) dnl(x) y
z
syscmd(`exit 3')sysval(`x', `y') sysval()
