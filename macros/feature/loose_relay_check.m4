dnl  loose_relay_check.m4 - do not look inside user%other@relayed when relaying is decided
dnl
dnl  Write    FEATURE(`loose_relay_check')
dnl  Adds     flag _LOOSE_RELAY_CHECK_, read by rulesets/relaying.m4

define(`_LOOSE_RELAY_CHECK_', 1)
