_SECTION_(`TLS: what is demanded of the other side')dnl
dnl  _SITE_FIRST_(flag, ruleset) - rules of this site are asked first, if there are any
define(`_SITE_FIRST_', `ifdef(`_$1_', `define(`_SITE_RULESET_', `$2')_LIBRARY_(`rulesets/sitefirst')')dnl')dnl
#
#  tls_client - sendmail asks when a client has sent STARTTLS, and at MAIL
#     in   state of the verification $| the command
#     out  an error, or anything else: go on
#
#  What the access table can demand: VERIFY (a verified certificate), VERIFY:bits,
#  ENCR:bits (a cipher of that strength), each with PERM+ or TEMP+ in front to choose
#  the kind of error, and with +CN:name, +CS:subject, +CI:issuer behind it.
#
Stls_client
_SITE_FIRST_(`LOCAL_TLS_CLIENT', `Local_tls_client')
ifdef(`_ACCESS_TABLE_', `R$* $| $*		$: $1 $(macro {TLS_Name} $@ $&{client_name} $) $| $>SearchList <! TLS_Clt> $| < D : $&{client_name} > < A : $&{client_addr} > < E : > < >
', `R$* $| $*		$: $1				nothing depends on the command
')dnl
R$*			$@ $>"TLS_connection" $1
#
#  tls_server - sendmail asks when it has sent STARTTLS to a server
#     in   state of the verification
#
Stls_server
_SITE_FIRST_(`LOCAL_TLS_SERVER', `Local_tls_server')
R$*			$@ $>"TLS_connection" $1 ifdef(`_ACCESS_TABLE_', `$(macro {TLS_Name} $@ $&{server_name} $) $| $>SearchList <! TLS_Srv> $| < D : $&{server_name} > < A : $&{server_addr} > < E : > < >')
#
#  tls_rcpt - sendmail asks before it sends RCPT to a server
#     in   the recipient
#
Stls_rcpt
_SITE_FIRST_(`LOCAL_TLS_RCPT', `Local_tls_rcpt')
ifdef(`_ACCESS_TABLE_', `R$+			$: $(macro {TLS_Name} $@ $&{server_name} $) $>PlainAddr $1
R$+			$: $| $1
R$| $+ < @ $+ >		$: $>SearchList <! TLS_Rcpt> $| < F : $1@$2 > < U : $1@ > < D : $2 > < E : > < >
R$| $+			$: $>SearchList <! TLS_Rcpt> $| < U : $1@ > < E : > < >
R<?>			$@ OK
R< $* <TMPF> >		$#error $@ 4.3.0 $: "451 Temporary system failure. Please try again later."
R< $+ >			$@ $>"TLS_connection" $&{verify} $| < $1 >
')dnl
#
#  try_tls - sendmail asks before it sends STARTTLS to a server
#     in   anything      out  an error: do without
#
Stry_tls
_SITE_FIRST_(`LOCAL_TRY_TLS', `Local_try_tls')
ifdef(`_ACCESS_TABLE_', `R$*			$: $>SearchList <! Try_TLS> $| < D : $&{server_name} > < A : $&{server_addr} > < E : > < >
R< $* <TMPF> >		$#error $@ 4.3.0 $: "451 Temporary system failure. Please try again later."
R<NO>			$#error $@ 5.7.1 $: "550 do not try TLS with " $&{server_name} " ["$&{server_addr}"]"
R$*			$@ OK
')dnl
#
#  srv_features - what a client hears of us after EHLO
#  clt_features - what we use of a server; keys are looked for by the names
#     that srv_features has, as tables in use expect
#     out  $# and letters of sendmail for extensions
#
Ssrv_features
_SITE_FIRST_(`LOCAL_SRV_FEATURES', `Local_srv_features')
ifdef(`_ACCESS_TABLE_', `R$*			$@ $>TlsFeatures $>SearchList <! Srv_Features> $| < D : $&{client_name} > < A : $&{client_addr} > < E : > < >
')dnl
Sclt_features
_SITE_FIRST_(`LOCAL_CLT_FEATURES', `Local_clt_features')
ifdef(`_ACCESS_TABLE_', `R$*			$@ $>TlsFeatures $>SearchList <! Clt_Features> $| < D : $&{client_name} > < A : $&{client_addr} > < E : > < >
STlsFeatures
R<?>			$@ OK
R< $* <TMPF> >		$#temp
R< $+ >			$# $1
')dnl
#
#  TLS_connection - is the connection what is demanded?
#     in   state of the verification, and maybe $| < demand >
#     out  an error, OK, or the state
#
STLS_connection
ifdef(`_ACCESS_TABLE_', `C{Tls}VERIFY ENCR
C{TlsVerified}OK TRUSTED
R$* $| < $* > $*	$: < $2 > $1
R< PERM + $={Tls} $* > $*	$@ $>TlsDemand < 503 : 5.7.0 > < $1 $2 > $3
R< TEMP + $={Tls} $* > $*	$@ $>TlsDemand < 403 : 4.7.0 > < $1 $2 > $3
R< $={Tls} $* > $*	$@ $>TlsDemand < _TLS_CODE_ > < $1 $2 > $3
R< $* > $*		$: $2 $| OK			nothing is demanded
')dnl
RSOFTWARE $*		$#error $@ _TLS_DSN_ $: "_TLS_REPLY_ TLS handshake failed."
RPROTOCOL $*		$#error $@ _TLS_DSN_ $: "_TLS_REPLY_ STARTTLS failed."
RCONFIG $*		$#error $@ _TLS_DSN_ $: "_TLS_REPLY_ STARTTLS temporarily not possible."
RDANE_FAIL $*		$#error $@ _TLS_DSN_ $: "_TLS_REPLY_ DANE check failed."
ifdef(`_ACCESS_TABLE_', `R$* $| OK		$@ OK
_LIBRARY_(`rulesets/tlsdemands')', `#
#  RelayTLS - may a client relay because of its certificate? Only an access table can say so.
#
SRelayTLS
R$*			$@ NO
')dnl
