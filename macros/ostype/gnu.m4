dnl  gnu.m4 - GNU Hurd
dnl
dnl  Write    OSTYPE(`gnu')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`STATUS_FILE', `/var/log/sendmail.st')
_PREFER_(`LOCAL_MAILER_PATH', `/libexec/mail.local')
_PREFER_(`LOCAL_MAILER_ARGS', `mail $u')
define(`confEBINDIR', `/libexec')
