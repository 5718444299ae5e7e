dnl  promiscuous_relay.m4 - relay for everybody
dnl
dnl  Write    FEATURE(`promiscuous_relay')
dnl  Adds     flag _PROMISCUOUS_RELAY_, read by rulesets/relaying.m4; says so aloud

define(`_PROMISCUOUS_RELAY_', 1)
_CAUTION_(`FEATURE(promiscuous_relay) opens this host to the whole world: prefer RELAY_DOMAIN or the access table')
