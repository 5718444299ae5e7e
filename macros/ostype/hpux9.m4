dnl  hpux9.m4 - HP-UX 9
dnl
dnl  Write    OSTYPE(`hpux9')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`QUEUE_DIR', `/usr/spool/mqueue')
_PREFER_(`LOCAL_MAILER_PATH', `/bin/rmail')
_PREFER_(`LOCAL_MAILER_FLAGS', `m9')
_PREFER_(`LOCAL_MAILER_ARGS', `rmail -d $u')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -a$g -gC $h!rmail ($u)')
define(`confTIME_ZONE', `USE_TZ')
define(`confEBINDIR', `/usr/lib')
