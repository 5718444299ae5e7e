dnl  lookupdotdomain.m4 - a key .example.org of the access table matches hosts below that domain
dnl
dnl  Write    FEATURE(`lookupdotdomain')
dnl  Adds     flag _LOOKUPDOTDOMAIN_, read by rulesets/access.m4

ifdef(`_ACCESS_TABLE_', `define(`_LOOKUPDOTDOMAIN_', 1)', `_CAUTION_(`FEATURE(lookupdotdomain) needs FEATURE(access_db), before it')')
ifdef(`_RELAY_HOSTS_ONLY_', `_CAUTION_(`FEATURE(lookupdotdomain): keys with a dot in front allow no relaying with FEATURE(relay_hosts_only)')')
