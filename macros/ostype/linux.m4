dnl  linux.m4 - Linux distributions with procmail
dnl
dnl  Write    OSTYPE(`linux')
dnl  Adds     paths and mailer settings of that system

define(`confEBINDIR', `/usr/sbin')
define(`PROCMAIL_MAILER_PATH', `/usr/bin/procmail')
FEATURE(`local_procmail')
