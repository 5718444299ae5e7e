dnl  irix5.m4 - SGI IRIX 5
dnl
dnl  Write    OSTYPE(`irix5')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_FLAGS', `Ehmu9')
_PREFER_(`LOCAL_MAILER_ARGS', `mail -s -d $u')
define(`LOCAL_MAILER_CHARSET', `iso-8859-1')
_PREFER_(`QUEUE_DIR', `/var/spool/mqueue')
_PREFER_(`STATUS_FILE', `/var/sendmail.st')
define(`confDEF_USER_ID', `998:998')
define(`confTIME_ZONE', `USE_TZ')
define(`confEBINDIR', `/usr/lib')
