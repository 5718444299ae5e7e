dnl  amdahl-uts.m4 - Amdahl UTS
dnl
dnl  Write    OSTYPE(`amdahl-uts')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_FLAGS', `fSn9')
define(`confEBINDIR', `/usr/lib')
