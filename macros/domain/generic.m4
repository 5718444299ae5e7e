dnl  generic.m4 - defaults that suit most hosts
dnl
dnl  Write    DOMAIN(`generic')
dnl  Adds     forwarding files for name+detail, a limit to headers, names of this host
dnl           from a file, 551 for people who moved, root shown as itself

define(`confMAX_HEADERS_LENGTH', `32768')
define(`confFORWARD_PATH', `$z/.forward.$w+$h:$z/.forward+$h:$z/.forward.$w:$z/.forward')
FEATURE(`redirect')
FEATURE(`use_cw_file')
EXPOSED_USER(`root')
