dnl  virtuser_entire_domain.m4 - class {VirtHost} also means the hosts below its domains
dnl
dnl  Write    FEATURE(`virtuser_entire_domain')
dnl  Adds     flag _VIRTUSER_ENTIRE_DOMAIN_

define(`_VIRTUSER_ENTIRE_DOMAIN_', 1)
