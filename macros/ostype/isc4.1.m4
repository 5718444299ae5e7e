dnl  isc4.1.m4 - Interactive Unix 4.1
dnl
dnl  Write    OSTYPE(`isc4.1')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_ARGS', `lmail -s $u')
_PREFER_(`LOCAL_MAILER_FLAGS', `humS9')
_PREFER_(`LOCAL_MAILER_PATH', `/bin/lmail')
_PREFER_(`QUEUE_DIR', `/usr/spool/mqueue')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -gC $h!rmail ($u)')
_PREFER_(`UUCP_MAILER_PATH', `/usr/bin/uux')
define(`confTIME_ZONE', `USE_TZ')
define(`confEBINDIR', `/usr/lib')
