dnl  lookupdotdomain.m4 - a key .example.org of the access table matches hosts below that domain
dnl
dnl  Write    FEATURE(`lookupdotdomain')
dnl  Adds     flag _LOOKUPDOTDOMAIN_, read by rulesets/access.m4

define(`_LOOKUPDOTDOMAIN_', 1)
ifdef(`_ACCESS_TABLE_', `', `_CAUTION_(`FEATURE(lookupdotdomain) needs FEATURE(access_db), before it')')
