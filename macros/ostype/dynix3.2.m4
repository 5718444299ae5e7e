dnl  dynix3.2.m4 - Sequent Dynix 3.2
dnl
dnl  Write    OSTYPE(`dynix3.2')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`QUEUE_DIR', `/usr/spool/mqueue')
define(`confEBINDIR', `/usr/lib')
