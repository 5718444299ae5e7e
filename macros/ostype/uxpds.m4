dnl  uxpds.m4 - Siemens UXP/DS
dnl
dnl  Write    OSTYPE(`uxpds')
dnl  Adds     paths and mailer settings of that system

define(`confDEF_GROUP_ID', `6')
define(`LOCAL_MAILER_PATH', `/usr/ucblib/binmail')
define(`LOCAL_SHELL_FLAGS', `ehuP')
define(`UUCP_MAILER_ARGS', `uux - -r -a$f -gmedium $h!rmail ($u)')
define(`confEBINDIR', `/usr/ucblib')
