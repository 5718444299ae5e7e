#
#  VirtualUser - feature virtusertable: who is behind an address of a virtual domain?
#     in   user < @ host . >
#     out  where the address of the table goes; the address if the table says nothing
#
#  Keys, in this order: the address; for user+detail those of VirtualKeys, with the user
#  and without; the host. On the way: address $| < value >.
#
SVirtualUser
R$+ < @ $+ . >		$: $1 < @ $2 . > $| < $(virtuser $1@$2 $@ $1 $: $) >
R$+ + $* < @ $+ . > $| < >	$: $1 + $2 < @ $3 . > $| $>VirtualKeys $| $1 $| $1 $| $2 $| $3
R$+ + $* < @ $+ . > $| < >	$: $1 + $2 < @ $3 . > $| $>VirtualKeys $| $| $1 $| $2 $| $3
R$+ < @ $+ . > $| < >	$: $1 < @ $2 . > $| < $(virtuser @$2 $@ $1 $: $) >
R$+ $| < >		$@ $1				not in the table
R$+ $| < error : $- . $- . $- : $+ > $*	$@ $>ErrorTriple $2.$3.$4 : $5
R$+ $| < error : $- $+ > $*	$#error $@ $(dequote $2 $) $: $3	name of the error, then the text
R$+ $| < $+ > $*	$@ $>Recurse $2			the address behind it
#
#  VirtualKeys - name++ if there is a detail, name+*, name
#     in   $| name in the key, or nothing $| user $| detail $| host
#     out  < value >, or < >
#
#  In the values %1 is the user, %2 the detail, %3 +detail.
#
SVirtualKeys=78
R$| $* $| $+ $| $+ $| $+	$: $(virtuser $1++@$4 $@ $2 $@ $3 $@ +$3 $: $) $| $1 $| $2 $| $3 $| $4
R$| $* $| $+ $| $* $| $+	$: $(virtuser $1+*@$4 $@ $2 $@ $3 $@ +$3 $: $) $| $1 $| $2 $| $3 $| $4
R$| $* $| $+ $| $* $| $+	$: $(virtuser $1@$4 $@ $2 $@ $3 $@ +$3 $: $) $| $1 $| $2 $| $3 $| $4
R$* $| $* $| $+ $| $* $| $+	$@ < $1 >
