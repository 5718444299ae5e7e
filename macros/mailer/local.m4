dnl  local.m4 - delivery on this host, and programs
dnl
dnl  Write    MAILER(`local')     comes by itself if missing
dnl  Adds     mailers local and prog; rulesets EnvFromL, EnvToL, HdrFromL, HdrToL,
dnl           LocalSender, AddDomain
dnl  Reads    LOCAL_MAILER_PATH, LOCAL_MAILER_ARGS, LOCAL_MAILER_FLAGS and the other
dnl           LOCAL_MAILER_ names; LOCAL_SHELL_PATH, _ARGS, _FLAGS, _DIR
dnl
dnl  The mailer gets the recipient without a host, since it can only be one of our own.

dnl  Features nullclient and msp choose other flags for what no site changes.
_PREFER_(`_LOCAL_BASE_FLAGS_', `lsDFMAw5:/|@q')
_PREFER_(`_SHELL_BASE_FLAGS_', `lsDFMoq')

dnl  A program that speaks LMTP gets senders as another host would.
define(`_LOCAL_SENDER_', ifdef(`_LOCAL_LMTP_', `EnvFromSMTP', `EnvFromL'))

_PREFER_(`LOCAL_MAILER_PATH', `/bin/mail')
_PREFER_(`LOCAL_MAILER_ARGS', `mail -d $u')
_PREFER_(`LOCAL_MAILER_FLAGS', `Prmn9')
_PREFER_(`LOCAL_MAILER_DSN_DIAGNOSTIC_CODE', `X-Unix')
_PREFER_(`LOCAL_SHELL_PATH', `/bin/sh')
_PREFER_(`LOCAL_SHELL_ARGS', `sh -c $u')
_PREFER_(`LOCAL_SHELL_FLAGS', `eu9')
_PREFER_(`LOCAL_SHELL_DIR', `$z:/')

EXTEND(`mailers')
_SECTION_(`mailers local and prog')dnl
Mlocal,	P=LOCAL_MAILER_PATH, F=_FLAGS_(`LOCAL', _LOCAL_BASE_FLAGS_`'LOCAL_MAILER_FLAGS),
	S=_LOCAL_SENDER_/HdrFromL, R=EnvToL/HdrToL,_ITEM_(`E=', `LOCAL_MAILER_EOL')dnl
_ITEM_(`M=', `LOCAL_MAILER_MAX')_ITEM_(`m=', `LOCAL_MAILER_MAXMSGS')_ITEM_(`r=', `LOCAL_MAILER_MAXRCPTS')dnl
_ITEM_(`C=', `LOCAL_MAILER_CHARSET')
	T=DNS/RFC822/LOCAL_MAILER_DSN_DIAGNOSTIC_CODE,_QUEUE_ITEM_(`LOCAL_MAILER_QGRP') A=LOCAL_MAILER_ARGS
Mprog,	P=LOCAL_SHELL_PATH, F=_FLAGS_(`SHELL', _SHELL_BASE_FLAGS_`'LOCAL_SHELL_FLAGS),
	S=EnvFromL/HdrFromL, R=EnvToL/HdrToL, D=LOCAL_SHELL_DIR,_ITEM_(`M=', `LOCAL_MAILER_MAX')
	T=X-Unix/X-Unix/X-Unix,_QUEUE_ITEM_(`LOCAL_PROG_QGRP') A=LOCAL_SHELL_ARGS
#
#  EnvFromL - sender in the envelope
#     in   user < @ host . > or user      out  the same with the host that others shall see
#
SEnvFromL
R$+			$: $>LocalSender $1
ifdef(`_LOCAL_NO_MASQUERADE_', `', `R$*			$@ $>MasqEnv $1
')dnl
#
#  EnvToL - recipient in the envelope
#     out  user; +detail stays unless this is the sender of a message that comes back
#
SEnvToL
R$+ < @ $* >		$: $1				the mailer wants the user alone
ifdef(`confUSERDB_SPEC', `', `R$*			$: $&{addr_type} $| $1
Re s $| $+ + $*		$@ $1				a sender: the detail is not his
R$* $| $*		$: $2
')dnl
#
#  HdrFromL - sender in a header
#
SHdrFromL
R$+			$: $>LocalSender $1
ifdef(`_LOCAL_NO_MASQUERADE_', `', `R$*			$@ $>MasqHdr $1
')dnl
#
#  HdrToL - recipient in a header
#
SHdrToL
R$*			$: $>AddDomain $1
ifdef(`_ALL_MASQUERADE_', `ifdef(`_LOCAL_NO_MASQUERADE_', `', `R$*			$@ $>MasqHdr $1
')', `R$*			$@ $>NameHere $1
')dnl
#
#  LocalSender - the null address is shown as the mailer daemon
#
SLocalSender
R@ < @ $* >		<@>				an address of at signs says no more
R<@>			$: $n
R$*			$@ $>AddDomain $1
#
#  AddDomain - a bare name gets a domain
#
SAddDomain
ifdef(`_ALWAYS_ADD_DOMAIN_', `R$* < $*		$@ $1 < $2			has one
R$+			$@ $1 < @ ifelse(defn(`_ALWAYS_ADD_DOMAIN_'), `', `*LOCAL*', `_ALWAYS_ADD_DOMAIN_') >	feature always_add_domain
')dnl
