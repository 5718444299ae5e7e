dnl  dgux.m4 - Data General DG/UX
dnl
dnl  Write    OSTYPE(`dgux')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`LOCAL_MAILER_FLAGS', `m9')
define(`confTIME_ZONE', `USE_TZ')
define(`confEBINDIR', `/usr/lib')
LOCAL_CONFIG
#  mail delivers here, and asks no other host to
E_FORCE_MAIL_LOCAL_=yes
