dnl  sco3.2.m4 - SCO Unix 3.2
dnl
dnl  Write    OSTYPE(`sco3.2')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`QUEUE_DIR', `/usr/spool/mqueue')
_PREFER_(`UUCP_MAILER_PATH', `/usr/bin/uux')
_PREFER_(`LOCAL_MAILER_PATH', `/usr/bin/lmail')
_PREFER_(`LOCAL_MAILER_FLAGS', `PuhCE9')
_PREFER_(`LOCAL_MAILER_ARGS', `lmail $u')
_PREFER_(`LOCAL_SHELL_FLAGS', `Peu')
define(`confEBINDIR', `/usr/lib')
