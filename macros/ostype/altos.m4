dnl  altos.m4 - Altos System V
dnl
dnl  Write    OSTYPE(`altos')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`QUEUE_DIR', `/usr/spool/mqueue')
_PREFER_(`UUCP_MAILER_PATH', `/usr/bin/uux')
_PREFER_(`LOCAL_MAILER_PATH', `/usr/bin/lmail')
_PREFER_(`LOCAL_MAILER_FLAGS', `mPuhCE9')
_PREFER_(`LOCAL_MAILER_ARGS', `lmail $u')
_PREFER_(`LOCAL_SHELL_FLAGS', `Peu')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -a$g $h!rmail ($u)')
define(`confEBINDIR', `/usr/lib')
