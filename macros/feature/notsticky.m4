dnl  notsticky.m4 - addresses at our own names are like bare names; this is the default
dnl
dnl  Write    FEATURE(`notsticky')
dnl  Adds     nothing


