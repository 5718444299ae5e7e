dnl  accept_unresolvable_domains.m4 - accept senders whose domain cannot be looked up
dnl
dnl  Write    FEATURE(`accept_unresolvable_domains')
dnl  Adds     flag _ACCEPT_UNRESOLVABLE_DOMAINS_, read by rulesets/checksender.m4

define(`_ACCEPT_UNRESOLVABLE_DOMAINS_', 1)
