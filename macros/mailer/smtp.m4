dnl  smtp.m4 - delivery to other hosts by SMTP
dnl
dnl  Write    MAILER(`smtp')
dnl  Adds     mailers smtp, esmtp, smtp8, dsmtp and relay; rulesets EnvFromSMTP, EnvToSMTP,
dnl           HdrFromSMTP, MasqSMTP, MasqRelay, RemoteAddress, PseudoToReal, BangToReal,
dnl           AtGateway
dnl  Reads    SMTP_MAILER_FLAGS and the other SMTP_MAILER_ names for all of them, ESMTP_,
dnl           SMTP8_, DSMTP_ and RELAY_ names where one differs

_PREFER_(`SMTP_MAILER_FLAGS', `')
_PREFER_(`RELAY_MAILER_FLAGS', SMTP_MAILER_FLAGS)
_PREFER_(`SMTP_MAILER_LL', `990')
_PREFER_(`RELAY_MAILER_LL', `2040')
_PREFER_(`SMTP_MAILER_ARGS', `TCP $h')
_PREFER_(`ESMTP_MAILER_ARGS', `TCP $h')
_PREFER_(`SMTP8_MAILER_ARGS', `TCP $h')
_PREFER_(`DSMTP_MAILER_ARGS', `TCP $h')
_PREFER_(`RELAY_MAILER_ARGS', `TCP $h')

dnl  Recipients in headers are masqueraded with feature allmasquerade only.
define(`_SMTP_RECIPIENTS_', `ifdef(`_ALL_MASQUERADE_', `EnvToSMTP/HdrFromSMTP', `EnvToSMTP')')
define(`_RELAY_RECIPIENTS_', `ifdef(`_ALL_MASQUERADE_', `MasqSMTP/MasqRelay', `MasqSMTP')')

dnl  _SMTP_MAILER_(name, family, own flag)
define(`_SMTP_MAILER_', `M$1,	P=[IPC], F=_FLAGS_(`$2', `mDFMuX$3'SMTP_MAILER_FLAGS),
	S=EnvFromSMTP/HdrFromSMTP, R=_SMTP_RECIPIENTS_, E=\r\n, L=SMTP_MAILER_LL,dnl
_ITEM_(`M=', `SMTP_MAILER_MAX')_ITEM_(`m=', `SMTP_MAILER_MAXMSGS')_ITEM_(`r=', `SMTP_MAILER_MAXRCPTS')dnl
_ITEM_(`C=', `SMTP_MAILER_CHARSET')
	T=DNS/RFC822/SMTP,_QUEUE_ITEM_(`$2_MAILER_QGRP') A=$2_MAILER_ARGS')

EXTEND(`mailers')
_SECTION_(`mailers of the smtp family')dnl
_SMTP_MAILER_(`smtp', `SMTP', `')
_SMTP_MAILER_(`esmtp', `ESMTP', `a')
_SMTP_MAILER_(`smtp8', `SMTP8', `8')
_SMTP_MAILER_(`dsmtp', `DSMTP', `a%')
Mrelay,	P=[IPC], F=_FLAGS_(`RELAY', `mDFMuXa8'RELAY_MAILER_FLAGS),
	S=EnvFromSMTP/HdrFromSMTP, R=_RELAY_RECIPIENTS_, E=\r\n, L=RELAY_MAILER_LL,dnl
_ITEM_(`m=', `RELAY_MAILER_MAXMSGS')_ITEM_(`r=', `SMTP_MAILER_MAXRCPTS')_ITEM_(`C=', `RELAY_MAILER_CHARSET')
	T=DNS/RFC822/SMTP,_QUEUE_ITEM_(`RELAY_MAILER_QGRP') A=RELAY_MAILER_ARGS
#
#  EnvFromSMTP - sender in the envelope
#     in   user < @ host . > or user      out  the same with a host
#
SEnvFromSMTP
R$*			$: $>RemoteAddress $1
R$* :; <@>		$@				a list has no sender
R$+			$@ $>MasqEnv $1
#
#  EnvToSMTP - recipient in the envelope
#
SEnvToSMTP
R$*			$@ $>NameHere $>RemoteAddress $1
#
#  HdrFromSMTP - sender in a header; the null address and routes stay as they are
#
SHdrFromSMTP
R$*			$: $>RemoteAddress $1
R:; <@>			$@				an empty list
R$+ < @ $+ > $*		$@ $>MasqHdr $1 < @ $2 > $3
ifdef(`_ALL_MASQUERADE_', `#
#  MasqRelay - recipient in a header, for the relay mailer with feature allmasquerade
#
SMasqRelay
R$+			$@ $>MasqHdr $>MasqSMTP $1
')dnl
#
#  RemoteAddress - an address as another host can use it
#
SRemoteAddress
R$*			$@ $>MasqSMTP $>PseudoToReal $1
#
#  MasqSMTP - bare names get the mark of our own host
#
SMasqSMTP
R$* < $*		$@ $1 < $2			has a host
R$+			$: $1 < @ *LOCAL* >
#
#  PseudoToReal - hosts that SMTP does not know
#     in   user < @ host.UUCP. >      out  host!user < @ relay >
#
SPseudoToReal
ifdef(`_NO_UUCP_', `', `R$+ < @ $+ .UUCP. >	$@ $>BangToReal $2 $| $1
')dnl
ifdef(`BITNET_RELAY', `R$+ < @ $+ .BITNET. >	$: $1 % $2 .BITNET $>AtGateway $B
')dnl
ifdef(`_NO_UUCP_', `', `#
#  BangToReal - a UUCP host
#     in   host $| user
#
SBangToReal=63
R$&h $| $- ! $+		$@ $2 < @ $1 .UUCP. >		the message goes to that host: next hop
R$&h $| $- . $+ ! $+	$@ $3 < @ $1.$2 >
R$&h $| $+		$@ $1 < @ $&h .UUCP. >
R$+ $| $+		$@ $1 ! $2 ifelse(ifdef(`UUCP_RELAY', `defn(`UUCP_RELAY')'), `', `< @ *LOCAL* >	from us', `$>AtGateway $Y	through the gateway')
')dnl
ifelse(ifdef(`BITNET_RELAY', ``x'')ifdef(`UUCP_RELAY', ``x''), `', `', `#
#  AtGateway - the host that a relay setting names
#     in   host or mailer:host      out  < @ host >
#
SAtGateway
R$~[ $* : $+		$: $3
R$*			$: < @ $1 >
')dnl
