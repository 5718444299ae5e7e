dnl  solaris2.ml.m4 - Solaris 2 with mail.local
dnl
dnl  Write    OSTYPE(`solaris2.ml')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_PATH', `/usr/lib/mail.local')
_PREFER_(`LOCAL_MAILER_FLAGS', `fSmn9')
_PREFER_(`LOCAL_MAILER_ARGS', `mail.local -d $u')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -a$g $h!rmail ($u)')
define(`confEBINDIR', `/usr/lib')
