dnl  svr4.m4 - System V Release 4
dnl
dnl  Write    OSTYPE(`svr4')
dnl  Adds     paths and mailer settings of that system

define(`LOCAL_MAILER_PATH', `/usr/ucblib/binmail')
define(`LOCAL_SHELL_FLAGS', `ehuP')
define(`UUCP_MAILER_ARGS', `uux - -r -a$g -gmedium $h!rmail ($u)')
define(`confEBINDIR', `/usr/ucblib')
