dnl  unicosmp.m4 - Cray Unicos/mp
dnl
dnl  Write    OSTYPE(`unicosmp')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_FLAGS', `Ehm9')
_PREFER_(`LOCAL_MAILER_ARGS', `mail -s -d $u')
_PREFER_(`QUEUE_DIR', `/var/spool/mqueue')
_PREFER_(`STATUS_FILE', `/var/log/sendmail.st')
define(`LOCAL_MAILER_PATH', `/usr/bin/mail')
define(`confTIME_ZONE', `USE_TZ')
define(`confEBINDIR', `/usr/lib')
