dnl  aix3.m4 - IBM AIX 3
dnl
dnl  Write    OSTYPE(`aix3')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_PATH', `/bin/bellmail')
_PREFER_(`LOCAL_MAILER_ARGS', `mail $u')
_PREFER_(`LOCAL_MAILER_FLAGS', `mn9')
define(`confEBINDIR', `/usr/lib')
define(`confTIME_ZONE', `USE_TZ')
