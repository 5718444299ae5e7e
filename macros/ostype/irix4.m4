dnl  irix4.m4 - SGI IRIX 4
dnl
dnl  Write    OSTYPE(`irix4')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_FLAGS', `Ehm9')
_PREFER_(`QUEUE_DIR', `/usr/spool/mqueue')
define(`confEBINDIR', `/usr/lib')
