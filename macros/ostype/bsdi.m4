dnl  bsdi.m4 - BSD/OS
dnl
dnl  Write    OSTYPE(`bsdi')
dnl  Adds     what 4.4BSD has

_LIBRARY_(`ostype/bsd4.4')
