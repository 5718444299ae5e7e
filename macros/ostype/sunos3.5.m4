dnl  sunos3.5.m4 - SunOS 3.5
dnl
dnl  Write    OSTYPE(`sunos3.5')
dnl  Adds     paths and mailer settings of that system

define(`confEBINDIR', `/usr/lib')
