dnl  bsdi1.0.m4 - BSD/386 1.0
dnl
dnl  Write    OSTYPE(`bsdi1.0')
dnl  Adds     what 4.4BSD has

_LIBRARY_(`ostype/bsd4.4')
