dnl  local_procmail.m4 - deliver local mail with procmail
dnl
dnl  Write    FEATURE(`local_procmail')   or   FEATURE(`local_procmail', `/usr/bin/procmail', `procmail -t -a $h -d $u', `SPfhn9')
dnl  Arguments path; command line; flags of the local mailer
dnl  Adds     LOCAL_MAILER_PATH, LOCAL_MAILER_ARGS, LOCAL_MAILER_FLAGS and the kind of its replies;
dnl           what feature local_lmtp said before is forgotten

ifelse(_ARG1_, `', `_PREFER_(`PROCMAIL_MAILER_PATH', `/usr/local/bin/procmail')
	define(`LOCAL_MAILER_PATH', PROCMAIL_MAILER_PATH)',
	`define(`LOCAL_MAILER_PATH', _ARG1_)')
ifelse(len(_ARG2_), 0, `define(`LOCAL_MAILER_ARGS', `procmail -a $h -d $u')',
	`define(`LOCAL_MAILER_ARGS', _ARG2_)')
ifelse(len(_ARG3_), 0, `define(`LOCAL_MAILER_FLAGS', `SPfhn9')',
	`define(`LOCAL_MAILER_FLAGS', _ARG3_)')
define(`LOCAL_MAILER_DSN_DIAGNOSTIC_CODE', `X-Unix')
undefine(`_LOCAL_LMTP_')
