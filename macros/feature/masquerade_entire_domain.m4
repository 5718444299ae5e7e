dnl  masquerade_entire_domain.m4 - masquerade the hosts below the domains of class M, too
dnl
dnl  Write    FEATURE(`masquerade_entire_domain')
dnl  Adds     flag _MASQUERADE_ENTIRE_DOMAIN_, read by rulesets/masquerade.m4

define(`_MASQUERADE_ENTIRE_DOMAIN_', 1)
