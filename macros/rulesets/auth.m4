_SECTION_(`authentication')dnl
#
#  trust_auth - may an authenticated client speak for another user (AUTH= of MAIL)?
#     in   the other user
#     out  an error, or anything else: yes
#
SLocal_trust_auth
Strust_auth
R$*			$: < $1 > $| $&{auth_type}
R< $* > $|		$#error $@ 5.7.1 $: "550 not authenticated"
R< $* > $| $*		$: $1
R$&{auth_authen}	$@ identical
R<$&{auth_authen}>	$@ identical
R$*			$: $| $>"Local_trust_auth" $1	rules of this site
R$| $#$*		$#$1
R$*			$#error $@ 5.7.1 $: "550 " $&{auth_authen} " not allowed to act as " $&{auth_author}
#
#  Local_Relay_Auth - rules of this site: NO forbids relaying for this mechanism
#
SLocal_Relay_Auth
#
#  authinfo - user, password and the like for a server
#
Sauthinfo
ifdef(`_ACCESS_TABLE_', `R$*			$: $>SearchList <! AuthInfo> $| < D : $&{server_name} > < A : $&{server_addr} > < E : > < >
R<?>			$@ no
R< $* >			$# $1
')dnl
