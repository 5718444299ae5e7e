dnl  preserve_luser_host.m4 - LUSER_RELAY keeps the host the mail was sent to
dnl
dnl  Write    FEATURE(`preserve_luser_host')
dnl  Adds     flag _PRESERVE_LUSER_HOST_, read by rulesets/localaddr.m4

define(`_PRESERVE_LUSER_HOST_', 1)
define(`_NEED_MACRO_MAP_', 1)
ifdef(`LUSER_RELAY', `', `_CAUTION_(`FEATURE(preserve_luser_host) needs define(LUSER_RELAY), before it')')
