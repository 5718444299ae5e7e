dnl  freebsd5.m4 - FreeBSD 5
dnl
dnl  Write    OSTYPE(`freebsd5')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`STATUS_FILE', `/var/log/sendmail.st')
_PREFER_(`LOCAL_MAILER_PATH', `/usr/libexec/mail.local')
_PREFER_(`LOCAL_MAILER_ARGS', `mail $u')
_PREFER_(`UUCP_MAILER_PATH', `/usr/local/bin/uux')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -z -a$g $h!rmail ($u)')
MODIFY_MAILER_FLAGS(`LOCAL', `+S')
