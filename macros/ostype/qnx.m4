dnl  qnx.m4 - QNX
dnl
dnl  Write    OSTYPE(`qnx')
dnl  Adds     paths and mailer settings of that system

define(`QUEUE_DIR', `/usr/spool/mqueue')
define(`LOCAL_MAILER_ARGS', `mail $u')
_PREFER_(`LOCAL_MAILER_FLAGS', `Sh')
define(`LOCAL_MAILER_PATH', `/usr/bin/mailx')
define(`UUCP_MAILER_ARGS', `uux - -r -z -a$f $h!rmail ($u)')
