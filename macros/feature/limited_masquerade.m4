dnl  limited_masquerade.m4 - masquerade class M only, and not every name of this host
dnl
dnl  Write    FEATURE(`limited_masquerade')
dnl  Adds     flag _LIMITED_MASQUERADE_, read by rulesets/masquerade.m4

define(`_LIMITED_MASQUERADE_', 1)
