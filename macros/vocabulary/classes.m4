dnl  classes.m4 - words that fill the classes on which the rulesets decide
dnl
dnl  Write    RELAY_DOMAIN(`a.example b.example')   names, separated by blanks
dnl           RELAY_DOMAIN_FILE(`/etc/mail/relay')  a file of names, one a line
dnl  Adds     C and F lines, beside those of LOCAL_CONFIG and in the order of the .mc file
dnl
dnl  class             meaning
dnl  w                 names of this host
dnl  M, N              domains to be masqueraded, and exceptions from that
dnl  E                 users whose address is shown as it is
dnl  L                 users that are delivered here even if a hub takes the others
dnl  G, {VirtHost}     domains of genericstable and of virtusertable
dnl  R                 domains and nets for which this host relays
dnl  {Canonify}        domains still looked up under nocanonify
dnl  {TrustAuthMech}   authentication mechanisms that allow relaying

define(`_CONFIGURE_', `PUSHDIVERT(_PLACE_configuration_)$1
POPDIVERT`'dnl`'')
define(`_CLASS_WORDS_', `_CONFIGURE_(`C{$1}$2')')
define(`_CLASS_FILE_', `_CONFIGURE_(`F{$1}$2')')

define(`LOCAL_DOMAIN',			`_CLASS_WORDS_(`w', `$1')')
define(`LOCAL_USER',			`_CLASS_WORDS_(`L', `$1')')
define(`LOCAL_USER_FILE',		`_CLASS_FILE_(`L', `$1')')
define(`MASQUERADE_DOMAIN',		`_CLASS_WORDS_(`M', `$1')')
define(`MASQUERADE_DOMAIN_FILE',	`_CLASS_FILE_(`M', `$1')')
define(`MASQUERADE_EXCEPTION',		`_CLASS_WORDS_(`N', `$1')')
define(`MASQUERADE_EXCEPTION_FILE',	`_CLASS_FILE_(`N', `$1')')
define(`EXPOSED_USER',			`_CLASS_WORDS_(`E', `$1')')
define(`EXPOSED_USER_FILE',		`_CLASS_FILE_(`E', `$1')')
define(`CANONIFY_DOMAIN',		`_CLASS_WORDS_(`Canonify', `$1')')
define(`CANONIFY_DOMAIN_FILE',		`_CLASS_FILE_(`Canonify', `$1')')
define(`GENERICS_DOMAIN',		`_CLASS_WORDS_(`G', `$1')')
define(`GENERICS_DOMAIN_FILE',		`_CLASS_FILE_(`G', `$1')')
define(`RELAY_DOMAIN',			`_CLASS_WORDS_(`R', `$1')')
define(`RELAY_DOMAIN_FILE',		`_CLASS_FILE_(`R', `$1')')
define(`LDAPROUTE_DOMAIN',		`_CLASS_WORDS_(`LDAPRoute', `$1')')
define(`LDAPROUTE_DOMAIN_FILE',		`_CLASS_FILE_(`LDAPRoute', `$1')')
define(`LDAPROUTE_EQUIVALENT',		`_CLASS_WORDS_(`LDAPRouteEquiv', `$1')')
define(`LDAPROUTE_EQUIVALENT_FILE',	`_CLASS_FILE_(`LDAPRouteEquiv', `$1')')

dnl  Virtual domains are also domains we take mail for: options/identity.m4 adds them to
dnl  class R when this flag is set.
define(`VIRTUSER_DOMAIN',	`define(`_VIRTHOSTS_')_CLASS_WORDS_(`VirtHost', `$1')')
define(`VIRTUSER_DOMAIN_FILE',	`define(`_VIRTHOSTS_')_CLASS_FILE_(`VirtHost', `$1')')

dnl  With a trusted mechanism the refusal to relay also says that one may authenticate.
define(`TRUST_AUTH_MECH', `define(`_TRUST_AUTH_MECH_')_CLASS_WORDS_(`TrustAuthMech', `$1')')

define(`MASQUERADE_AS', `define(`MASQUERADE_NAME', `$1')')
