dnl  aix4.m4 - IBM AIX 4
dnl
dnl  Write    OSTYPE(`aix4')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_PATH', `/bin/bellmail')
_PREFER_(`LOCAL_MAILER_ARGS', `mail -F $g $u')
_PREFER_(`LOCAL_MAILER_FLAGS', `mn9')
define(`confEBINDIR', `/usr/lib')
define(`confTIME_ZONE', `USE_TZ')
