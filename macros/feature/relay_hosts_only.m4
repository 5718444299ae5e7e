dnl  relay_hosts_only.m4 - names in class R and in the access table mean that host alone
dnl
dnl  Write    FEATURE(`relay_hosts_only')
dnl  Adds     flag _RELAY_HOSTS_ONLY_, read by rulesets/relaying.m4

define(`_RELAY_HOSTS_ONLY_', 1)
