dnl  unknown.m4 - any other system: the defaults of the library
dnl
dnl  Write    OSTYPE(`unknown')
dnl  Adds     nothing: the defaults are those of no system in particular, and it says so

_CAUTION_(`OSTYPE(unknown): paths and mailer flags are those of no system in particular')
