dnl  sinix.m4 - Siemens Sinix
dnl
dnl  Write    OSTYPE(`sinix')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`QUEUE_DIR', `/var/spool/mqueue')
define(`LOCAL_MAILER_PATH', `/bin/mail.local')
_PREFER_(`STATUS_FILE', `/var/sendmail.st')
define(`confEBINDIR', `/usr/ucblib')
