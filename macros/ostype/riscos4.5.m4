dnl  riscos4.5.m4 - MIPS RISC/os 4.5
dnl
dnl  Write    OSTYPE(`riscos4.5')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_ARGS', `rmail -d $u')
_PREFER_(`QUEUE_DIR', `/usr/spool/mqueue')
define(`confEBINDIR', `/usr/lib')
