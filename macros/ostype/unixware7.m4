dnl  unixware7.m4 - UnixWare 7
dnl
dnl  Write    OSTYPE(`unixware7')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`QUEUE_DIR', `/var/spool/mqueue')
define(`confEBINDIR', `/usr/lib')
define(`confTIME_ZONE', `USE_TZ')
_PREFER_(`LOCAL_MAILER_PATH', `/etc/mail/slocal')
_PREFER_(`LOCAL_MAILER_FLAGS', `Puho9')
_PREFER_(`LOCAL_MAILER_ARGS', `slocal -user $u')
_PREFER_(`LOCAL_SHELL_FLAGS', `Peu')
