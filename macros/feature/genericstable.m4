dnl  genericstable.m4 - show users under another address outside
dnl
dnl  Write    FEATURE(`genericstable')   or   FEATURE(`genericstable', `hash /etc/mail/genericstable')
dnl  Arguments the map; default: genericstable of the type and in the folder set for the site
dnl  Adds     map generics, asked by rulesets/masquerade.m4 for hosts in class G

define(`_GENERICS_TABLE_', `')
LOCAL_CONFIG
#  genericstable
Kgenerics ifelse(defn(`_ARG_'), `', `DATABASE_MAP_TYPE MAIL_SETTINGS_DIR`'genericstable', `_ARG_')
