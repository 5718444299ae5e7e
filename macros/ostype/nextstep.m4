dnl  nextstep.m4 - NeXTstep
dnl
dnl  Write    OSTYPE(`nextstep')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`UUCP_MAILER_PATH', `/usr/bin/uux')
_PREFER_(`QUEUE_DIR', `/usr/spool/mqueue')
_PREFER_(`LOCAL_SHELL_FLAGS', `euP')
define(`confEBINDIR', `/usr/lib')
