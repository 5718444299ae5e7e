dnl  sunos4.1.m4 - SunOS 4.1
dnl
dnl  Write    OSTYPE(`sunos4.1')
dnl  Adds     paths and mailer settings of that system

define(`confEBINDIR', `/usr/lib')
