dnl  bsd4.3.m4 - 4.3BSD
dnl
dnl  Write    OSTYPE(`bsd4.3')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`QUEUE_DIR', `/usr/spool/mqueue')
_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -z -a$g $h!rmail ($u)')
