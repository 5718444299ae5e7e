dnl  hpux10.m4 - HP-UX 10
dnl
dnl  Write    OSTYPE(`hpux10')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`QUEUE_DIR', `/var/spool/mqueue')
_PREFER_(`LOCAL_MAILER_PATH', `/usr/bin/rmail')
_PREFER_(`LOCAL_MAILER_FLAGS', `m9')
_PREFER_(`LOCAL_MAILER_ARGS', `rmail -d $u')
_PREFER_(`LOCAL_SHELL_PATH', `/usr/bin/sh')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -a$g -gC $h!rmail ($u)')
define(`confTIME_ZONE', `USE_TZ')
