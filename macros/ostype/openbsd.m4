dnl  openbsd.m4 - OpenBSD
dnl
dnl  Write    OSTYPE(`openbsd')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`STATUS_FILE', `/var/log/sendmail.st')
_PREFER_(`LOCAL_MAILER_PATH', `/usr/libexec/mail.local')
_PREFER_(`LOCAL_MAILER_FLAGS', `rmn9S')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -z -a$g $h!rmail ($u)')
