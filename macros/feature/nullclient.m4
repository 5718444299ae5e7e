dnl  nullclient.m4 - send all mail to a hub, under its name
dnl
dnl  Write    FEATURE(`nullclient', `mailhub.example.org')
dnl  Arguments the hub
dnl  Adds     MAIL_HUB, SMART_HOST, MASQUERADE_AS and the mailers local and smtp; nothing may follow

define(`_NULL_CLIENT_', defn(`_ARG_'))
ifelse(defn(`_ARG_'), `', `_FAULT_(`FEATURE(nullclient) needs the name of the hub')')
define(`MAIL_HUB', defn(`_NULL_CLIENT_'))
define(`SMART_HOST', defn(`_NULL_CLIENT_'))
define(`MASQUERADE_NAME', defn(`_NULL_CLIENT_'))

dnl  The hub expands aliases and knows full names.
undefine(`ALIAS_FILE')
define(`confFORWARD_PATH', `')
_PREFER_(`confFROM_HEADER', `<$g>')
define(`_LOCAL_BASE_FLAGS_', `lsDFM5q')
FEATURE(`allmasquerade')
FEATURE(`masquerade_envelope')
MAILER(`local')
MAILER(`smtp')
