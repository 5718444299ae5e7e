dnl  mklinux.m4 - MkLinux
dnl
dnl  Write    OSTYPE(`mklinux')
dnl  Adds     paths and mailer settings of that system

define(`confEBINDIR', `/usr/sbin')
_PREFER_(`STATUS_FILE', `/var/log/sendmail.st')
_PREFER_(`PROCMAIL_MAILER_PATH', `/usr/bin/procmail')
FEATURE(`local_procmail')
