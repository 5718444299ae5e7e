dnl  always_add_domain.m4 - give bare local names a domain on delivery, too
dnl
dnl  Write    FEATURE(`always_add_domain')   or   FEATURE(`always_add_domain', `example.org')
dnl  Arguments the domain; default: this host (or the name it masquerades as)
dnl  Adds     flag _ALWAYS_ADD_DOMAIN_, read by mailer/local.m4

define(`_ALWAYS_ADD_DOMAIN_', defn(`_ARG_'))
