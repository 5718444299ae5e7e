dnl  allmasquerade.m4 - masquerade recipients in headers, not only senders
dnl
dnl  Write    FEATURE(`allmasquerade')
dnl  Adds     flag _ALL_MASQUERADE_, read by mailer files

define(`_ALL_MASQUERADE_', 1)
