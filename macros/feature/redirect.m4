dnl  redirect.m4 - answer 551 for people who moved: an alias to new@host.REDIRECT
dnl
dnl  Write    FEATURE(`redirect')
dnl  Adds     REDIRECT to class P, flag _REDIRECT_: rulesets/routes.m4 says where they went

define(`_REDIRECT_', 1)
LOCAL_CONFIG
#  redirect: an ending that no resolver knows
CPREDIRECT
