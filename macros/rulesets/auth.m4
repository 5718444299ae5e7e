_SECTION_(`authentication')dnl
#
#  trust_auth - may an authenticated client speak for another user (AUTH= of MAIL)?
#     in   the other user
#
SLocal_trust_auth
Strust_auth
R$*			$: $&{auth_type} $| $1
R$@ $| $*		$#error $@ 5.7.1 $: "550 not authenticated"
R$* $| $&{auth_authen}	$@ identical
R$* $| <$&{auth_authen}>	$@ identical
R$* $| $*		$: $1 $| $>"Local_trust_auth" $2	rules of this site
R$* $| $#$*		$#$2
R$*			$#error $@ 5.7.1 $: "550 " $&{auth_authen} " not allowed to act as " $&{auth_author}
#
#  Local_Relay_Auth - rules of this site: NO forbids relaying for this mechanism
#
SLocal_Relay_Auth
#
#  authinfo - user, password and the like for a server
#
Sauthinfo
ifdef(`_ACCESS_TABLE_', `R$*			$: $1 $| $>D < $&{server_name} > <?> <! AuthInfo> < >
R$* $| <?> $*		$: $1 $| $>A < $&{server_addr} > <?> <! AuthInfo> < >
R$* $| <?> $*		$: $1 $| < $(access AuthInfo: $: ? $) > < >
R$* $| <?> $*		$@ no
R$* $| < $* > < >	$# $2
')dnl
