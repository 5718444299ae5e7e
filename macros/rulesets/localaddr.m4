_SECTION_(`localaddr (5): names that aliases did not change')dnl
#
#  localaddr - a last look at local names; called for mailers with flag 5
#     in   user, or user+detail; macro h holds the host of the triple: +detail or nothing
#     out  another triple, or the input: deliver
#
SLocal_localaddr
Slocaladdr=5
R$+			$: < $1 > $| $>"Local_localaddr" $1	rules of this site
R< $* > $| $#ok		$@ $1				deliver as it is
R< $* > $| $#$*		$#$2
R< $* > $| $*		$: $1
R$+ + *			$#_LOCAL_ $@ $&h $: $1
R$+ + $*		$#_LOCAL_ $@ + $2 $: $1 + *	aliases for user+* before those for user
R$+			$: $1 $| $&h
R$+ $| + $*		$#_LOCAL_ $@ $2 $: @ $1		the detail is for the mailer
R$+ $| $*		$@ $1
