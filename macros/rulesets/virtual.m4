#
#  VirtualUser - feature virtusertable: who is behind an address of a virtual domain?
#     in   < > user < @ host . >
#     out  where the address of the table goes; the address if the table says nothing
#
#  Keys, in this order: the address; user++ and user+* for user+detail; the user without
#  detail; then the same without a user. %1 is the user, %2 the detail, %3 +detail.
#
SVirtualUser
R< > $+ < @ $+ . >	$: < $(virtuser $1@$2 $@ $1 $: $) > $1 < @ $2 . >
R< > $+ + $+ < @ $+ . >	$: < $(virtuser $1++@$3 $@ $1 $@ $2 $@ +$2 $: $) > $1 + $2 < @ $3 . >
R< > $+ + $* < @ $+ . >	$: < $(virtuser $1+*@$3 $@ $1 $@ $2 $@ +$2 $: $) > $1 + $2 < @ $3 . >
R< > $+ + $* < @ $+ . >	$: < $(virtuser $1@$3 $@ $1 $@ $2 $@ +$2 $: $) > $1 + $2 < @ $3 . >
R< > $+ + $+ < @ $+ . >	$: < $(virtuser ++@$3 $@ $1 $@ $2 $@ +$2 $: $) > $1 + $2 < @ $3 . >
R< > $+ + $* < @ $+ . >	$: < $(virtuser +*@$3 $@ $1 $@ $2 $@ +$2 $: $) > $1 + $2 < @ $3 . >
R< > $+ + $* < @ $+ . >	$: < $(virtuser @$3 $@ $1 $@ $2 $@ +$2 $: $) > $1 + $2 < @ $3 . >
R< > $+ < @ $+ . >	$: < $(virtuser @$2 $@ $1 $: $) > $1 < @ $2 . >
R< > $+			$@ $1				not in the table
R< error : $- . $- . $- : $+ > $*	$@ $>ErrorTriple $1.$2.$3 : $4
R< error : $- $+ > $*	$#error $@ $(dequote $1 $) $: $2	name of the error, then the text
R< $+ > $*		$@ $>Recurse $1			the address behind it
