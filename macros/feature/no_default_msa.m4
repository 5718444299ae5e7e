dnl  no_default_msa.m4 - do not listen on port 587 unless DAEMON_OPTIONS says so
dnl
dnl  Write    FEATURE(`no_default_msa')
dnl  Adds     flag _NO_MSA_, read by options/written.m4

define(`_NO_MSA_', 1)
