dnl  bsd4.4.m4 - 4.4BSD and its descendants
dnl
dnl  Write    OSTYPE(`bsd4.4')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`STATUS_FILE', `/var/log/sendmail.st')
_PREFER_(`LOCAL_MAILER_PATH', `/usr/libexec/mail.local')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -z -a$g $h!rmail ($u)')
