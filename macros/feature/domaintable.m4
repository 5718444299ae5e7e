dnl  domaintable.m4 - replace host names by others wherever they appear
dnl
dnl  Write    FEATURE(`domaintable')   or   FEATURE(`domaintable', `hash /etc/mail/domaintable')
dnl  Arguments the map; default: domaintable of the type and in the folder set for the site
dnl  Adds     map domaintable, asked by rulesets/canonify.m4

define(`_DOMAIN_TABLE_', `')
LOCAL_CONFIG
#  domaintable
Kdomaintable ifelse(defn(`_ARG_'), `', `DATABASE_MAP_TYPE MAIL_SETTINGS_DIR`'domaintable', `_ARG_')
