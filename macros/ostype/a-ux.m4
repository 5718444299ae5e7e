dnl  a-ux.m4 - Apple A/UX
dnl
dnl  Write    OSTYPE(`a-ux')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`QUEUE_DIR', `/usr/spool/mqueue')
_PREFER_(`UUCP_MAILER_PATH', `/usr/bin/uux')
_PREFER_(`LOCAL_MAILER_FLAGS', `mn9')
_PREFER_(`LOCAL_MAILER_ARGS', `mail -d -r $f $u')
define(`confEBINDIR', `/usr/lib')
