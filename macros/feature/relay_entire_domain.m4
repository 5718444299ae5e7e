dnl  relay_entire_domain.m4 - relay for all hosts of our own domain
dnl
dnl  Write    FEATURE(`relay_entire_domain')
dnl  Adds     flag _RELAY_ENTIRE_DOMAIN_: rulesets/relaying.m4 also looks at class m

define(`_RELAY_ENTIRE_DOMAIN_', 1)
