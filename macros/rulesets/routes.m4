_SECTION_(`Parse1: where the mail goes')dnl
#
#  Parse1 - choose mailer, host and user
#     in   user < @ host . > rest, or user
#     out  $# mailer $@ host $: user
#
SParse1
ifdef(`_REDIRECT_', `# feature redirect
R$* < @ $+ .REDIRECT. > $*	$: $>RouteMoved ${opMode} $| $1 < @ $2 .REDIRECT. > $3
')dnl
ifdef(`_MAILER_smtp_', `R$* < @ [ $+ ] > $*	$: $>RouteLiteral $1 < @ [ $2 ] > $3
')dnl
ifdef(`_VIRTUSER_TABLE_', `# feature virtusertable
ifdef(`_VIRTUSER_ENTIRE_DOMAIN_', `R$+ < @ $* $={VirtHost} . >	$: $>VirtualUser $1 < @ $2 $3 . >
', `R$+ < @ $={VirtHost} . >	$: $>VirtualUser $1 < @ $2 . >
')dnl
R$+ < @ $=w . >		$: $>VirtualUser $1 < @ $2 . >
')dnl
# one of our names
R$+ < @ $=w . >		ifdef(`_STICKY_LOCAL_DOMAIN_', `$: $>RouteSticky $H $| $1 < @ $2 . >	feature stickyhost', `$@ $>RouteName $1')
ifdef(`_MAILER_TABLE_', `# feature mailertable
R$* < @ $+ > $*		$: $>RouteByTable $1 < @ $2 > $3
')dnl
_PLACED_(`uucp')dnl
dnl  _GATEWAY_RULE_(macro for m4, cf macro, ending) - hosts with the ending leave through a gateway
define(`_GATEWAY_RULE_', `ifdef(`$1', `define(`_GATEWAY_MACRO_', ``$2'')define(`_ENDING_', `$3')_LIBRARY_(`rulesets/gateway')')dnl')dnl
_GATEWAY_RULE_(`UUCP_RELAY', `$Y', `UUCP')
_GATEWAY_RULE_(`BITNET_RELAY', `$B', `BITNET')
_GATEWAY_RULE_(`DECNET_RELAY', `$C', `DECNET')
_GATEWAY_RULE_(`FAX_RELAY', `$F', `FAX')
ifdef(`_LOCAL_RULES_', `_PLACED_(`nearby')', `divert(-1)_PLACED_(`nearby')divert(0)')dnl
# somewhere else
R$* < @ $* > $*		$@ $>RouteAway $1 < @ $2 > $3
# a name without a host
_PLACED_(`localnames')dnl
R$+			$@ $>RouteName $1
#
#  RouteAway - to a host that is not us: through the smart host, if there is one
#     in   user < @ host . > rest
#
SRouteAway=82
R$* < @ $* > $*		$: $2 $| $>MailerToTriple < $S > $1 < @ $2 > $3
R$* $| $#$*		$#$2
R$* $| $*		ifdef(`_MAILER_smtp_', `$#_SMTP_ $@ $1 $: $2			else to the host itself', `$#error $@ 5.1.2 $: "553 Unrecognized host name " $1')
#
#  RouteName - deliver here
#     in   user
#
SRouteName=81
R$=L			$#_LOCAL_ $: @ $1		users who never leave
R$+			$#_LOCAL_ $: $1
ifdef(`_STICKY_LOCAL_DOMAIN_', `#
#  RouteSticky - feature stickyhost: a user at one of our names is not the bare user
#     in   hub $| user < @ host . >
#
SRouteSticky
R$| $+ + $* < $+ >	$#_LOCAL_ $: $1 + $2		nobody else has the mailboxes
R$| $+ < $+ >		$#_LOCAL_ $: @ $1		no alias of the bare user
R$+ $| $+		$@ $>MailerToTriple < $1 > $2	the hub has them
')dnl
ifdef(`_MAILER_smtp_', `#
#  RouteLiteral - user@[address] that is not us goes there, or through the smart host
#     in   user < @ [ address ] > rest
#     out  a triple, or what the rules of this site make of it
#
SRouteLiteral=83
R$*			$: $>ParseLocal $1		this site may know better
R$* < @ [ $+ ] > $*	$: [ $2 ] $| $S $| $1 < @ [ $2 ] > $3
R$+ $| $| $+		$#_SMTP_ $@ $1 $: $2		no smart host: to the address
R$+ $| $- : $* $| $+	$# $2 $@ $3 $: $4		mailer:host
R$+ $| $+ $| $+		$#_SMTP_ $@ $2 $: $3		host
')dnl
ifdef(`_REDIRECT_', `#
#  RouteMoved - user@host.REDIRECT: the alias says that this user has moved to user@host
#     in   operation mode $| user < @ host.REDIRECT. >
#
SRouteMoved=84
Ri $| $*		$@ $1				newaliases is only checking
R$* $| $* < @ $+ .REDIRECT. > $*	$#error $@ 5.1.1 $: "551 User has moved; please try " <$2@$3>
')dnl
ifdef(`_VIRTUSER_TABLE_', `_LIBRARY_(`rulesets/virtual')')dnl
ifdef(`_MAILER_TABLE_', `_LIBRARY_(`rulesets/mailertable')')dnl
