dnl  solaris2.pre5.m4 - Solaris 2 before 2.5
dnl
dnl  Write    OSTYPE(`solaris2.pre5')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_FLAGS', `SnE9')
_PREFER_(`LOCAL_MAILER_ARGS', `mail -f $g -d $u')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -a$g $h!rmail ($u)')
define(`confEBINDIR', `/usr/lib')
