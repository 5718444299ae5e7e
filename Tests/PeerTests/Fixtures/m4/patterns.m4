patsubst(`abc def',`\w+',`<\&>') regexp(`abc def',`d\(.\)',`\1') regexp(abc,`[') regexp(abc,b) patsubst(abc,`',-)
regexp(`GNUs not Unix',`\<[a-z]\w+') regexp(`GNUs not Unix',`\<Q\w*') regexp(`GNUs not Unix',`\w\(\w+\)$',`*** \& *** \1 ***') regexp(`GNUs',`\(z\)?s',`[\1]')
patsubst(`GNUs not Unix',`^',`OBS: ') patsubst(`GNUs not Unix',`\<',`OBS: ') patsubst(`GNUs not Unix',`\w*',`(\&)') patsubst(`GNUs not Unix',`\w+',`(\&)') patsubst(`GNUs not Unix',`[A-Z][a-z]+') patsubst(abc) patsubst(`abc',`x*',`<\3>') patsubst(abc,b,`\') patsubst(abc,b,`\0') patsubst regexp(a)
regexp(abc,`\(') patsubst(`a.b.c',`\.',`/') regexp(`',`') patsubst(`',`',`x') patsubst(`a
b',`^',`> ') regexp(`aXb',`x') patsubst(`foo',`o$',`\x') regexp(`abc',`c',`',`y')
