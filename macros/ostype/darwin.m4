dnl  darwin.m4 - Darwin, macOS
dnl
dnl  Write    OSTYPE(`darwin')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`STATUS_FILE', `/var/log/sendmail.st')
_PREFER_(`LOCAL_MAILER_PATH', `/usr/libexec/mail.local')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -z -a$g $h!rmail ($u)')
define(`confDONT_BLAME_SENDMAIL', `AssumeSafeChown,GroupWritableDirPathSafe')
MODIFY_MAILER_FLAGS(`LOCAL', `+S')
