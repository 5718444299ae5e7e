dnl  bsdi1.0.m4 - BSD/386 1.0
dnl
dnl  Write    OSTYPE(`bsdi1.0')
dnl  Adds     nothing: the defaults fit
