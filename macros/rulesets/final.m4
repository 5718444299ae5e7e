_SECTION_(`final (4): back to the form in which addresses leave')dnl
#
#  final - undo canonify
#     in   user < @ host . > rest
#     out  user@host
#
Sfinal=4
R$+ :; <@>		$@ $1 :				an empty list
R$* <@>			$@				nobody
R$* < @ *LOCAL* > $*	$: $1 < @ $j > $2		names of this host
R$* < @ $+ . > $*	$1 < @ $2 > $3			the dot was ours
R$* < $+ > $*		$: $1 $2 $3			and so were the brackets
R@ $+ : @ $+ : $+	@ $1 , @ $2 : $3		hops of a route are parted by commas
R$+ % $=w @ $=w		$1 @ $2				user%us@us
R@ $*			$@ @ $1				a route stays
ifdef(`_NO_UUCP_', `', `R$+ @ $- . UUCP		$2 ! $1				UUCP hosts go in front
')dnl
ifdef(`_USE_DECNET_SYNTAX_', `R$+ @ $+ . DECNET	$2 :: $1			DECnet nodes, too
')dnl
