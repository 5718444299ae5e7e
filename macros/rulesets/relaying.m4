_SECTION_(`relaying: mail that is neither from here nor for here')dnl
#
#  Rcpt_ok - may this recipient be reached through us, by anybody or by this client?
#     in   recipient
#     out  RELAY, an error, or something else
#
SRcpt_ok
R$*			$: $>ParseRecipient $1
ifdef(`_BLOCKLIST_RCPT_', `R$+			$: $>RcptAccess $1		feature blocklist_recipients
')dnl
R$*			$: $1 $| $>RelayTLS		a certificate?
R$* $| $#$*		$#$2
R$* $| $*		$: $1 $| $>"Local_Relay_Auth" $&{auth_type}	rules of this site
R$* $| $#$*		$#$2
R$* $| NO		$: $1 $|
R$* $| $+		$: $1 $| $&{auth_type}		authenticated?
R$* $| $={TrustAuthMech}	$#RELAY
R$* $| $*		$: $1
ifdef(`_RELAY_ENTIRE_DOMAIN_', `R$+ < @ $* $=m >	$@ RELAY			feature relay_entire_domain
')dnl
R$+ < @ $=w >		$@ RELAY			for us
R$+ < @ ifdef(`_RELAY_HOSTS_ONLY_', `', `$* ')$=R >	$@ RELAY
ifdef(`_ACCESS_TABLE_', `R$+ < @ $+ >		$: $>RcptRelay $1 < @ $2 >
RRELAY			$@ RELAY
')dnl
R$* < @ $* >		$@ $1 < @ $2 >			somewhere else
R$+			$@ RELAY			a name without a host is ours
#
#  Relay_ok - may this client send mail to anybody?
#     out  RELAY, an error, or something else
#
SRelay_ok
R$*			$: $&{client_addr}
R$@			$@ RELAY			no client: a local program
R0			$@ RELAY
R127.0.0.1		$@ RELAY
RIPv6:0:0:0:0:0:0:0:1	$@ RELAY
RIPv6:::1		$@ RELAY
R$=R $*			$@ RELAY			a net of class R
