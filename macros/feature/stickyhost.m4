dnl  stickyhost.m4 - user at one of our names is not the same as the bare user
dnl
dnl  Write    FEATURE(`stickyhost')
dnl  Adds     flag _STICKY_LOCAL_DOMAIN_, read by rulesets/routes.m4: LOCAL_RELAY then gets bare names
dnl           only, and MAIL_HUB names at our hosts

define(`_STICKY_LOCAL_DOMAIN_', 1)
