dnl  accept_unqualified_senders.m4 - accept senders without a domain
dnl
dnl  Write    FEATURE(`accept_unqualified_senders')
dnl  Adds     flag _ACCEPT_UNQUALIFIED_SENDERS_, read by rulesets/checksender.m4

define(`_ACCEPT_UNQUALIFIED_SENDERS_', 1)
