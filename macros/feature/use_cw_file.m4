dnl  use_cw_file.m4 - take further names of this host from a file
dnl
dnl  Write    FEATURE(`use_cw_file')
dnl  Adds     the file confCW_FILE to class w

define(`USE_CW_FILE')
