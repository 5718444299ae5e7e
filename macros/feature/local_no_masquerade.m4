dnl  local_no_masquerade.m4 - leave addresses as they are in mail that stays here
dnl
dnl  Write    FEATURE(`local_no_masquerade')
dnl  Adds     flag _LOCAL_NO_MASQUERADE_, read by mailer/local.m4

define(`_LOCAL_NO_MASQUERADE_', 1)
