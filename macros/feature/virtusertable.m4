dnl  virtusertable.m4 - send mail for addresses in virtual domains to users
dnl
dnl  Write    FEATURE(`virtusertable')   or   FEATURE(`virtusertable', `hash /etc/mail/virtusertable')
dnl  Arguments the map; default: virtusertable of the type and in the folder set for the site
dnl  Adds     map virtuser, asked by rulesets/routes.m4 for hosts in class {VirtHost} and in class w

define(`_VIRTUSER_TABLE_', `')
LOCAL_CONFIG
#  virtusertable
Kvirtuser ifelse(defn(`_ARG_'), `', `DATABASE_MAP_TYPE MAIL_SETTINGS_DIR`'virtusertable', `_ARG_')
