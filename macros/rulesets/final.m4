_SECTION_(`final (4): back to the form in which addresses leave')dnl
#
#  final - undo canonify
#     in   user < @ host . > rest
#     out  user@host
#
Sfinal=4
R$* <@>			$@ $>FinalNull $1
R$* < @ $+ > $*		$: $1 @ $>FinalHost $2 $| $3
R$* < $+ > $*		$: $1 $2 $3			brackets that hold no host
R@ $+			$@ $>FinalRoute $1
ifdef(`_NO_UUCP_', `', `R$+ @ $- . UUCP		$2 ! $1				UUCP hosts go in front
')dnl
ifdef(`_USE_DECNET_SYNTAX_', `R$+ @ $+ . DECNET	$2 :: $1			DECnet nodes, too
')dnl
R$+ % $=w @ $=w		$1 @ $2				once is enough for our own name
#
#  FinalNull - nobody, or the name of an empty list
#
SFinalNull=75
R$+ :;			$@ $1 :
R$*			$@
#
#  FinalHost - the name of a host as others write it
#     in   host $| rest      out  host rest
#
SFinalHost=74
R$+ . $| $*		$1 $| $2			the dot was ours
R*LOCAL* $| $*		$@ $j $1			the mark of this host
R$+ $| $*		$@ $1 $2
#
#  FinalRoute - hops of a route are parted by commas
#     in   a route without its first at sign
#
SFinalRoute=76
R$+ : @ $+ : $+		$1 , @ $2 : $3
R$+			$@ @ $1
