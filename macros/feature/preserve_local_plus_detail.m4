dnl  preserve_local_plus_detail.m4 - hand name+detail to the local mailer as it is
dnl
dnl  Write    FEATURE(`preserve_local_plus_detail')
dnl  Adds     flag _PRESERVE_LOCAL_PLUS_DETAIL_, read by rulesets/localaddr.m4

define(`_PRESERVE_LOCAL_PLUS_DETAIL_', 1)
