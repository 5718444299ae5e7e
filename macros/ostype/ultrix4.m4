dnl  ultrix4.m4 - DEC Ultrix 4
dnl
dnl  Write    OSTYPE(`ultrix4')
dnl  Adds     paths and mailer settings of that system

define(`confEBINDIR', `/usr/lib')
