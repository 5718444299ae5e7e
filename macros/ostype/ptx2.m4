dnl  ptx2.m4 - Sequent Dynix/ptx 2
dnl
dnl  Write    OSTYPE(`ptx2')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`QUEUE_DIR', `/usr/spool/mqueue')
define(`LOCAL_MAILER_PATH', `/bin/mail')
_PREFER_(`LOCAL_MAILER_FLAGS', `fmn9')
define(`LOCAL_SHELL_FLAGS', `eu')
define(`confEBINDIR', `/usr/lib')
