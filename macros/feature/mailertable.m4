dnl  mailertable.m4 - choose mailer and host by the domain of the recipient
dnl
dnl  Write    FEATURE(`mailertable')   or   FEATURE(`mailertable', `hash /etc/mail/mailertable')
dnl  Arguments the map; default: mailertable of the type and in the folder set for the site
dnl  Adds     map mailertable, asked by rulesets/routes.m4

define(`_MAILER_TABLE_', `')
LOCAL_CONFIG
#  mailertable
Kmailertable ifelse(defn(`_ARG_'), `', `DATABASE_MAP_TYPE MAIL_SETTINGS_DIR`'mailertable', `_ARG_')
