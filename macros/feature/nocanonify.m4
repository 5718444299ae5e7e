dnl  nocanonify.m4 - do not complete host names through the resolver
dnl
dnl  Write    FEATURE(`nocanonify')   or   FEATURE(`nocanonify', `canonify_hosts')
dnl  Arguments canonify_hosts: names without a dot are still completed
dnl  Adds     flag _NO_CANONIFY_, read by rulesets/canonify.m4

define(`_NO_CANONIFY_', 1)
ifelse(
	defn(`_ARG_'), `', `',
	lower(defn(`_ARG_')), `canonify_hosts', `define(`_CANONIFY_HOSTS_', 1)',
	`_CAUTION_(`FEATURE(nocanonify): the argument is canonify_hosts')')
