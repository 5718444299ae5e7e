dnl  osf1.m4 - DEC OSF/1, Digital Unix
dnl
dnl  Write    OSTYPE(`osf1')
dnl  Adds     paths and mailer settings of that system

_PREFER_(`STATUS_FILE', `/usr/adm/sendmail/sendmail.st')
define(`confDEF_USER_ID', `daemon')
define(`confEBINDIR', `/usr/lbin')
