_SECTION_(`parse (0): find mailer, host and user for a recipient')dnl
#
#  Recurse - an address that was found in a table, from the beginning
#
SRecurse=97
R$*			$@ $>parse $>canonify $1
#
#  parse
#     in   user < @ host . > rest, as canonify leaves it
#     out  $# mailer $@ host $: user
#
Sparse=0
R$*			$: $>Parse0 $1			refuse nonsense, strip our own name
R<@>			$#_LOCAL_ $: <@>		the null address is delivered here
R$*			$@ $>ParseRoutes $1
#
#  ParseRoutes - rules of this site before all others
#
SParseRoutes=92
R$*			$@ $>Parse1 $>ParseLocal $1
#
#  ParseLocal - rules that this site has for itself
#
SParseLocal=98
_PLACED_(`parse')dnl
_SECTION_(`Parse0: is it an address, and whose?')dnl
#
#  Parse0 - refuse what cannot be an address, strip our own name from user%host@us
#     in   user < @ host . > rest
#     out  the same, user alone if it is one of ours without a host, or an error
#
SParse0
R<@>			$@ <@>
R@ <@ $* >		< @ $1 >			two at signs
R$* : $* ; <@>		$#error $@ 5.1.3 $: "553 List:; syntax illegal for recipient addresses"
R$+ <@>			$#error $@ 5.1.3 $: "553 Hostname required"
R<@ $+>			$#error $@ 5.1.3 $: "553 User address required"
R$* < @ [ $* ] $* > $*	$: $>ParseLiteral $1 < @ [ $2 ] $3 > $4	may hold colons
R$* < @ $~[ $* : $* > $*	$#error $@ 5.1.3 $: "553 Colon illegal in host name part"
R$* < @ . $* > $*	$#error $@ 5.1.2 $: "553 Invalid host name"
R$* < @ $* .. $* > $*	$#error $@ 5.1.2 $: "553 Invalid host name"
R$* , $~O $*		$#error $@ 5.1.3 $: "553 Invalid route address"
R$* < @ $* @ > $*	$#error $@ 5.1.2 $: "553 Invalid route address"
R$* @ $* < @ $* > $*	$#error $@ 5.1.3 $: "553 Invalid route address"
R$* < @ > $*		$@ $>CanonAddr $1	user@ means user
R$* < @ $=w . >		$@ $>ParseHere $2 . $| $1	at one of our names
R$* < @ *LOCAL* >	$@ $>ParseHere *LOCAL* $| $1
R$-			$@ $>ParseHere *LOCAL* $| $1	or without a host
#
#  ParseLiteral - user@[address], or user@[address]:port
#
SParseLiteral
R$* < @ [ $* ] > $*		$@ $1 < @ [ $2 ] > $3
R$* < @ [ $* ] : $+ > $*	$@ $1 < @ [ $2 ] : $3 > $4
R$* < @ [ $* ] , $+ > $*	$@ $1 < @ [ $2 ] , $3 > $4
R$*			$#error $@ 5.1.2 $: "553 Invalid address"
#
#  ParseHere - mail for this host: is it for a user, or to be sent on?
#     in   host $| local part
#     out  user < @ host >, user if host is the mark of bare names, or what Parse0
#          makes of user@other when the local part says user%other
#
SParseHere
R$+ $| $-		$: $1 $| $(dequote $2 $)	"user" is user
R$+ $|			$#error $@ 5.1.3 $: "553 User address required"
R$+ $| $* $=O $*	$@ $>CanonAddr $2 $3 $4	to be sent on
R*LOCAL* $| $+		$@ $1
R$+ $| $+		$@ $2 < @ $1 >
