dnl  dragonfly.m4 - DragonFly BSD
dnl
dnl  Write    OSTYPE(`dragonfly')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`STATUS_FILE', `/var/log/sendmail.st')
_PREFER_(`LOCAL_MAILER_PATH', `/usr/libexec/mail.local')
_PREFER_(`LOCAL_MAILER_ARGS', `mail $u')
_PREFER_(`UUCP_MAILER_PATH', `/usr/local/bin/uux')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -z -a$g $h!rmail ($u)')
MODIFY_MAILER_FLAGS(`LOCAL', `+S')
