dnl  solaris2.m4 - Solaris 2 before 2.6
dnl
dnl  Write    OSTYPE(`solaris2')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_PATH', `/usr/lib/mail.local')
_PREFER_(`LOCAL_MAILER_FLAGS', `fSmn9')
_PREFER_(`LOCAL_MAILER_ARGS', `mail.local -d $u')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -a$g $h!rmail ($u)')
define(`confEBINDIR', `/usr/lib')
