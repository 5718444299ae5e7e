dnl  generics_entire_domain.m4 - class G also means the hosts below its domains
dnl
dnl  Write    FEATURE(`generics_entire_domain')
dnl  Adds     flag _GENERICS_ENTIRE_DOMAIN_, read by rulesets/masquerade.m4

define(`_GENERICS_ENTIRE_DOMAIN_', 1)
