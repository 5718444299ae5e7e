dnl  use_ct_file.m4 - take further trusted users from a file
dnl
dnl  Write    FEATURE(`use_ct_file')
dnl  Adds     the file confCT_FILE to class t

define(`_USE_CT_FILE_')
_PREFER_(`confCT_FILE', `MAIL_SETTINGS_DIR`'trusted-users')
