dnl  bsdi.m4 - BSD/OS
dnl
dnl  Write    OSTYPE(`bsdi')
dnl  Adds     nothing: the defaults fit
