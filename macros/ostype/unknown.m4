dnl  unknown.m4 - any other system: the defaults of the library
dnl
dnl  Write    OSTYPE(`unknown')
dnl  Adds     nothing: the defaults fit
