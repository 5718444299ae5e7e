dnl  bsdi2.0.m4 - BSD/OS 2
dnl
dnl  Write    OSTYPE(`bsdi2.0')
dnl  Adds     what 4.4BSD has

_LIBRARY_(`ostype/bsd4.4')
