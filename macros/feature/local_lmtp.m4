dnl  local_lmtp.m4 - deliver local mail with a program that speaks LMTP
dnl
dnl  Write    FEATURE(`local_lmtp')   or   FEATURE(`local_lmtp', `/usr/sbin/lmtpd', `lmtpd -l')
dnl  Arguments path; command line
dnl  Adds     LOCAL_MAILER_PATH, LOCAL_MAILER_ARGS, LOCAL_MAILER_FLAGS and the kind of its replies

define(`_LOCAL_LMTP_', 1)
ifelse(_ARG1_, `', `define(`LOCAL_MAILER_PATH', ifdef(`confEBINDIR', `confEBINDIR', `/usr/libexec')`/mail.local')',
	`define(`LOCAL_MAILER_PATH', _ARG1_)')
ifelse(len(_ARG2_), 0, `define(`LOCAL_MAILER_ARGS', `mail.local -l')',
	`define(`LOCAL_MAILER_ARGS', _ARG2_)')
define(`LOCAL_MAILER_FLAGS', `PSXmnz9')
define(`LOCAL_MAILER_DSN_DIAGNOSTIC_CODE', `SMTP')
