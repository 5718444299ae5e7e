dnl  mpeix.m4 - HP MPE/iX
dnl
dnl  Write    OSTYPE(`mpeix')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_PATH', `/bin/tsmail')
_PREFER_(`LOCAL_MAILER_FLAGS', `mu9')
_PREFER_(`LOCAL_MAILER_ARGS', `tsmail $u')
_PREFER_(`LOCAL_SHELL_PATH', `/bin/sh')
_PREFER_(`confDEF_USER_ID', `SERVER.SENDMAIL')
_PREFER_(`confTRUSTED_USER', `SERVER.SENDMAIL')
define(`confTIME_ZONE', `USE_TZ')
define(`confDONT_BLAME_SENDMAIL', `ForwardFileInGroupWritableDirPath')
