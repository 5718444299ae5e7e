_SECTION_(`canonify (3): bring an address into the form  user < @ host > rest')dnl
#
#  canonify - find the address in what was written, and its host in the address
#     in   anything a header or a command can hold
#     out  user < @ host . > if the host is known to be final, user < @ host > if not,
#          user alone if there is no host, <@> for the null address
#
Scanonify=3
R$@			$@ <@>				nothing at all: the null address
R$* ;			$1				semicolons that end a list
R$* <@>			$@ $>CanonPhrase $1		what was left of a list
R$* < $* > $*		$@ $>CanonBrackets $1 < $2 > $3	angle brackets say where the address is
R$*			$@ $>CanonPhrase $1
#
#  CanonPhrase - no brackets, but maybe a name and a colon before the address
#
SCanonPhrase=69
R@ $*			$@ $>CanonListed @ $1		a route keeps its colon
R$* : $* [ $* ]		$@ $>CanonListed $2 [ $3 ]	phrase: user@[literal]
R$* [ IPv6 : $+ ]	$@ $>CanonListed $1 [ IPv6 : $2 ]	colons of the literal are no list
R$* :: $*		$@ $>CanonListed $1 :: $2		node::user of DECnet
R:include: $*		$@ $>CanonListed :include: $1	a file of recipients
R$* : $*		$: $2				what stands before a colon names a list
R$*			$@ $>CanonListed $1
#
#  CanonBrackets - take the innermost pair of angle brackets
#
SCanonBrackets=65
R$* < $+ :; > $*	$@ $2 :; <@>			an empty list in brackets
R$* < $* ; >		$1 < $2 >			a list that ends inside
R$* < $*		$2				drop all up to the last bracket that opens
R$* > $*		$1				and all from the first that closes
R$@			$@ <@>				brackets around nothing
R$*			$@ $>CanonRoute $1
#
#  CanonListed - the last address of a list, if it is one
#
SCanonListed=67
R$* ;			$1				semicolons that end a list
R$@			$@ :; <@>			nothing left: it was an empty list
R$*			$@ $>CanonRoute $1
#
#  CanonRoute - drop a source route, then split user and host
#
SCanonRoute=70
R@ $+ , $+		$@ $>CanonRoute $2		@hop,@hop:user@host
ifdef(`NO_NETINET6', `', `R@ [ $* ] : $+		$@ $>CanonRoute $2		@[hop]:user@host
')dnl
R@ $+ : $+		$@ $>CanonRoute $2		@hop:user@host
R$*			$@ $>Canonify2 $>CanonSplit $1
#
#  CanonSplit - which part of an address is the host?
#     out  user < @ host >, or user
#
SCanonSplit=71
R$+ : $* ; @ $+		$@ $1 : $2 ; < @ $3 >		a list at a host
R$+ @ $+		$: $1 < @ $2 >			the host follows an at sign,
R$+ < @ $* @ $+ >	$1 @ $2 < @ $3 >		and that is the last one
R$+ < $+		$@ $1 < $2
ifdef(`_USE_DECNET_SYNTAX_', `R$- :: $+		$@ $2 < @ $1 .DECNET >		node::user
R$- . $- :: $+		$@ $3 < @ $1.$2 .DECNET >	area.node::user
')dnl
ifdef(`_NO_UUCP_', `', `R$+ ! $+		$: < $1 > $2			host!user, the way of UUCP
R< $+ . $- > $+		$@ $3 < @ $1 . $2 >		a domain that uses UUCP
R< $+ > $+		$@ $2 < @ $1 .UUCP >		a UUCP name
')dnl
R$* @ $*		$1 % $2				at either end it is as good as a percent sign
R$* % $*		$: $1 < @ $2 >			and of these, too,
R$* < @ $* % $* >	$1 % $2 < @ $3 >		the last one counts
_SECTION_(`Canonify2: complete the host name')dnl
#
#  Canonify2 - write the host in its final form
#     in   user < @ host > rest
#     out  the same; a dot ends a host name that is known to be final
#
C{Myself}localhost localhost.$m`'ifdef(`_NO_UUCP_', `', ` localhost.UUCP')
SCanonify2=96
R$* < @ @ $+ > $*	$@ $1 < @ $2 > $3		one at sign too many
R$* < @ $={Myself} > $*	$: $1 < @ $j . > $3		other ways to say this host
R$* < @ [ $+ ] > $*	$@ $>CanonLiteral $1 < @ [ $2 ] > $3
ifdef(`_DOMAIN_TABLE_', `# feature domaintable
R$* < @ $+ > $*		$: $1 < @ $(domaintable $2 $) > $3	another name for it
')dnl
_PLACED_(`canonify')dnl
ifdef(`_NO_UUCP_', `', `ifdef(`UUCP_RELAY', `# UUCP hosts are the business of UUCP_RELAY
R$* < @ $+ . UUCP > $*	$@ $1 < @ $2 . UUCP . > $3
', `ifdef(`_NO_CANONIFY_', `', `R$* < @ $+ . UUCP > $*	$: $1 < @ $>CanonBang $2 $| > $3
')')')dnl
R$* < @ $* > $*		$: $1 < @ $>CanonHost $2 $| > $3
#
#  CanonHost - a host name in its final form
#     in   host $| rest
#     out  host rest; a dot ends the host if it is known to be final
#
SCanonHost=66
R$* $=P $| $*		$: $1 $2 . $| $3		an ending that is never looked up
R$* $~P $| $*		$: $>CanonResolve $&{daemon_flags} $| $1 $2 $| $3
R$* . . $| $*		$1 . $| $2			one dot is enough
# names this configuration knows are final whatever the resolver says
R$=w $| $*		$@ $1 . $2			this host
ifdef(`_MASQUERADE_ENTIRE_DOMAIN_', `R$* $=M $| $*		$@ $1 $2 . $3
', `R$=M $| $*		$@ $1 . $2
')dnl
ifdef(`_VIRTUSER_TABLE_', `ifdef(`_VIRTUSER_ENTIRE_DOMAIN_', `R$* $={VirtHost} $| $*	$@ $1 $2 . $3
', `R$={VirtHost} $| $*	$@ $1 . $2
')')dnl
ifdef(`_GENERICS_TABLE_', `ifdef(`_GENERICS_ENTIRE_DOMAIN_', `R$* $=G $| $*		$@ $1 $2 . $3
', `R$=G $| $*		$@ $1 . $2
')')dnl
R$* $| $*		$@ $1 $2
ifdef(`_NO_UUCP_', `', `ifdef(`UUCP_RELAY', `', `ifdef(`_NO_CANONIFY_', `', `#
#  CanonBang - a UUCP host may be one of the Internet, too
#     in   host without its ending $| rest      out  host rest
#
SCanonBang=64
R$+ $| $*		$: $[ $1 $] $| $2
R$+ . $| $*		$@ $1 . $2			it is
R$+ $| $*		$@ $1 . UUCP . $2
')')')dnl
#
#  CanonLiteral - a host given by its address is final, and this one has a name
#
SCanonLiteral=68
R$* < @ $=w > $*	$@ $>Canonify2 $1 < @ $j . > $3
#
#  CanonResolve - ask the resolver for the full name
#     in   flags of the daemon $| host $| rest
#     out  host $| rest
#
SCanonResolve=91
ifdef(`_NO_CANONIFY_', `# feature nocanonify: only where wanted
R$* $| $* $={Canonify} $| $*	$@ $[ $2 $3 $] $| $4	class Canonify
R$* c $* $| $* $| $*	$@ $[ $3 $] $| $4		flag c of the daemon
ifdef(`_CANONIFY_HOSTS_', `R$* $| $- $| $*		$@ $[ $2 $] $| $3		names without a dot
')dnl
R$* $| $+ . $+ $| $*	$@ $2 . $3 . $| $4		names with a dot are full
R$* $| $*		$@ $2
', `R$* CC $* $| $+ . $+ $| $*	$@ $3 . $4 . $| $5		flag C of the daemon: names with a dot are full
R$* CC $* $| $* $| $*	$@ $3 $| $4			and others stay as they are
R$* $| $* $| $*		$@ $[ $2 $] $| $3
')dnl
