_SECTION_(`masquerading: the name under which senders are shown')dnl
#
#  MasqHdr - addresses in headers
#     in   user < @ host . > rest, or user < @ *LOCAL* > for bare names
#     out  the same with the host that others shall see
#
SMasqHdr=93
ifdef(`_GENERICS_TABLE_', `# feature genericstable
R$+ < @ *LOCAL* >	$: $>Generics < > < $1 @ $j > $1 < @ *LOCAL* >
R<!> $*			$@ $1				another address altogether
R$+ < @ ifdef(`_GENERICS_ENTIRE_DOMAIN_', `$* ')$=G . >	$: $>Generics < > < ifdef(`_GENERICS_ENTIRE_DOMAIN_', `$1 @ $2 $3 > $1 < @ $2 $3 . >', `$1 @ $2 > $1 < @ $2 . >')
R<!> $*			$@ $1
')dnl
R$* < @ $* $=N . >	$@ $1 < @ $2 $3 . >		class N is shown as it is
ifelse(ifdef(`MASQUERADE_NAME', `defn(`MASQUERADE_NAME')'), `', `R$* < @ *LOCAL* >	$@ $1 < @ $j . >		bare names are ours
', `R$* < @ *LOCAL* > $*	$@ $>Disguise $1 < @ $j . > $2
ifdef(`_LIMITED_MASQUERADE_', `', `R$* < @ $=w . > $*	$@ $>Disguise $1 < @ $2 . > $3
')dnl
ifdef(`_MASQUERADE_ENTIRE_DOMAIN_', `R$* < @ $* $=M . > $*	$@ $>Disguise $1 < @ $2 $3 . > $4
', `R$* < @ $=M . > $*	$@ $>Disguise $1 < @ $2 . > $3
')dnl
#
#  Disguise - put the name of MASQUERADE_AS in the place of the host
#
SDisguise
R$=E < @ $+ >		$@ $1 < @ $2 >			exposed users are shown as they are
R$* < @ $+ > $*		$@ $1 < @ $M . > $3
')dnl
#
#  MasqEnv - addresses in the envelope
#
SMasqEnv=94
ifdef(`_MASQUERADE_ENVELOPE_', `R$+			$@ $>MasqHdr $1			feature masquerade_envelope
', `R$* < @ *LOCAL* > $*	$: $1 < @ $j . > $2
')dnl
ifdef(`_GENERICS_TABLE_', `#
#  Generics - feature genericstable: the address by which others know a user
#     in   < > < user @ host > address
#     out  <!> other address; another local name; or the address
#
#  Keys, in this order: the address; user+* and user for user+detail; the host;
#  the user alone, user+* and user for user+detail.
#
SGenerics
R< > < $+ > $*		$: < $(generics $1 $: $) > < $1 > $2
R< > < $+ + $* @ $+ > $*	$: < $(generics $1+*@$3 $@ $2 $: $) > < $1 + $2 @ $3 > $4
R< > < $+ + $* @ $+ > $*	$: < $(generics $1@$3 $: $) > < $1 @ $3 > $4
R< > < $+ > $+ < @ $+ . >	$: < $(generics @$3 $@ $2 $: $) > < $1 > $2 < @ $3 . >
R< > < $+ > $+ < $+ >	$: < $(generics $2 $: $) > < $1 > $2 < $3 >
R< > < $+ > $+ + $* < $+ >	$: < $(generics $2+* $@ $3 $: $) > < $1 > $2 + $3 < $4 >
R< > < $+ > $+ + $* < $+ >	$: < $(generics $2 $: $) > < $1 > $2 + $3 < $4 >
R< > < $+ > $*		$@ $2				not in the table
R< $+ > < $+ > $*	$: $1
R$* @ $*		$@ <!> $>canonify $1 @ $2
R$+			$@ $>canonify $1 @ *LOCAL*
')dnl
