dnl  solaris8.m4 - Solaris 8 to 10
dnl
dnl  Write    OSTYPE(`solaris8')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`UUCP_MAILER_ARGS', `uux - -r -a$g $h!rmail ($u)')
define(`confEBINDIR', `/usr/lib')
define(`confPID_FILE', `/var/run/sendmail.pid')
define(`_NETINET6_')dnl a daemon for each family of addresses
FEATURE(`local_lmtp')
