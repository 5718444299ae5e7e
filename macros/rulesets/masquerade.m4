_SECTION_(`masquerading: the name under which senders are shown')dnl
#
#  MasqHdr - addresses in headers
#     in   user < @ host . > rest, or user < @ *LOCAL* > for bare names
#     out  the same with the host that others shall see
#
SMasqHdr=93
ifdef(`_GENERICS_TABLE_', `# feature genericstable: for bare names and for hosts of class G
R$+ < @ *LOCAL* >	$: < $1 < @ *LOCAL* > > $| $>Generics L $| $1 < @ $j >
ifdef(`_GENERICS_ENTIRE_DOMAIN_', `R$+ < @ $* $=G . >	$: < $1 < @ $2 $3 . > > $| $>Generics G $| $1 < @ $2 $3 >
', `R$+ < @ $=G . >	$: < $1 < @ $2 . > > $| $>Generics G $| $1 < @ $2 >
')dnl
R< $+ > $| $* @ $*	$@ $>canonify $2 @ $3		another address altogether
R< $+ > $| $+		$: $>canonify $2 @ *LOCAL*	another name of this host
R< $+ > $|		$: $1				not in the table
')dnl
R$* < @ $* $=N . >	$@ $1 < @ $2 $3 . >		class N is shown as it is
ifelse(ifdef(`MASQUERADE_NAME', `defn(`MASQUERADE_NAME')'), `', `R$*			$@ $>NameHere $1		bare names are ours
', `R$* < @ *LOCAL* > $*	$@ $>Disguise $1 < @ $j . > $2
ifdef(`_LIMITED_MASQUERADE_', `', `R$* < @ $=w . > $*	$@ $>Disguise $1 < @ $2 . > $3
')dnl
ifdef(`_MASQUERADE_ENTIRE_DOMAIN_', `R$* < @ $* $=M . > $*	$@ $>Disguise $1 < @ $2 $3 . > $4
', `R$* < @ $=M . > $*	$@ $>Disguise $1 < @ $2 . > $3
')dnl
R$* < @ $+ @ > $*	$: $1 < @ $2 > $3		a stray at sign
R$* < @ $+ @ $+ > $*	$: $1 < @ $3 . > $4		of two hosts the second
#
#  Disguise - put the name that others shall see in the place of the host
#
SDisguise
R$=E < @ $+ >		$@ $1 < @ $2 >			exposed users are shown as they are
R$*			$: < $M > $1
R< > $*			$@ $1				the name is not known
R< $+ > $* < @ $+ > $*	$@ $2 < @ $1 . > $4
')dnl
#
#  MasqEnv - addresses in the envelope
#
SMasqEnv=94
ifdef(`_MASQUERADE_ENVELOPE_', `R$+			$@ $>MasqHdr $1			feature masquerade_envelope
', `R$*			$@ $>NameHere $1
')dnl
#
#  NameHere - the mark of bare names becomes the name of this host
#
SNameHere=79
R$* < @ *LOCAL* > $*	$: $1 < @ $j . > $2
ifdef(`_GENERICS_TABLE_', `#
#  Generics - the address by which others know a user
#     in   G $| user < @ host > for a host of class G, L $| user < @ host > for a bare name
#     out  what the table says, or nothing
#
#  Keys, in this order: those of GenericsKeys with the host; the host, whose value has the
#  user as %1; those of GenericsKeys without the host. On the way: input $| < value >.
#
SGenerics
R$- $| $+ < @ $+ >	$: $1 $| $2 < @ $3 > $| $>GenericsKeys $| $2 $| @$3
R$+ $| < @ $* >		$: $1 $| < >			no user before the at sign: as if it were not listed
RG $| $+ < @ $+ > $| < >	$: G $| $1 < @ $2 > $| < $(generics @$2 $@ $1 $: $) >
R$- $| $+ < @ $+ > $| < >	$: $1 $| $2 < @ $3 > $| $>GenericsKeys $| $2 $|
R$+ $| < $* >		$@ $2
#
#  GenericsKeys - the user; user+*, with the detail as %1, and user for user+detail
#     in   $| user $| the rest of the key
#     out  < value >, or < >
#
SGenericsKeys=77
R$| $+ $| $*		$: $(generics $1$2 $: $) $| $1 $| $2
R$| $+ + $* $| $*	$: $(generics $1+*$3 $@ $2 $: $) $| $1 + $2 $| $3
R$| $+ + $* $| $*	$: $(generics $1$3 $: $) $| $1 $| $3
R$* $| $+ $| $*		$@ < $1 >
')dnl
