dnl  domainos.m4 - Apollo Domain/OS
dnl
dnl  Write    OSTYPE(`domainos')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`QUEUE_DIR', `/usr/spool/mqueue')
define(`confEBINDIR', `/usr/lib')
