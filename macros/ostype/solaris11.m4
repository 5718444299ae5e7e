dnl  solaris11.m4 - Solaris 11
dnl
dnl  Write    OSTYPE(`solaris11')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -a$g $h!rmail ($u)')
define(`confEBINDIR', `/usr/lib')
define(`confPID_FILE', `/system/volatile/sendmail.pid')
define(`_NETINET6_')dnl a daemon for each family of addresses
FEATURE(`local_lmtp')
