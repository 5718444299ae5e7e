dnl  hooks.m4 - words after which a site writes lines of the .cf itself
dnl
dnl  Write    LOCAL_CONFIG          classes, macros and maps
dnl           LOCAL_RULE_0          rules of ParseLocal: route before anything else does
dnl           LOCAL_RULE_1          ruleset 1, for all senders
dnl           LOCAL_RULE_2          ruleset 2, for all recipients
dnl           LOCAL_RULE_3          rules of Canonify2: rewrite host names
dnl           LOCAL_UUCP            rules of Parse1 where UUCP hosts are decided
dnl           LOCAL_NET_CONFIG      rules of Parse1 for hosts that the smart host shall not get
dnl           LOCAL_DNSBL           rules of Basic_check_relay
dnl           LOCAL_RULESETS        rulesets of their own, the Local_ ones among them
dnl           MAILER_DEFINITIONS    M lines
dnl           LOCAL_TLS_CLIENT and its kin: rules asked before the ruleset of that name
dnl  Adds     the lines that follow, up to the next such word, at that place

define(`LOCAL_CONFIG',		`EXTEND(`configuration')')
define(`LOCAL_RULE_0',		`EXTEND(`parse')')
define(`LOCAL_RULE_3',		`EXTEND(`canonify')')
define(`LOCAL_UUCP',		`EXTEND(`uucp')')
define(`LOCAL_NET_CONFIG',	`define(`_LOCAL_RULES_')EXTEND(`nearby')')
define(`LOCAL_DNSBL',		`EXTEND(`clientlists')')
define(`LOCAL_RULESETS',	`EXTEND(`rulesets')')
define(`MAILER_DEFINITIONS',	`EXTEND(`mailers')')

define(`_OPEN_RULESET_', `divert(_PLACE_rulesets_)
#
#  $1 - $2
#
S$1')
define(`LOCAL_RULE_1', `_OPEN_RULESET_(`sender=1', `rules of this site for all senders')')
define(`LOCAL_RULE_2', `_OPEN_RULESET_(`recipient=2', `rules of this site for all recipients')')

dnl  These open a ruleset that tls.m4 or auth.m4 then calls.
define(`_TLS_HOOK_', `define(`_$1_')_OPEN_RULESET_(`$2', `rules of this site')')
define(`LOCAL_SRV_FEATURES',	`_TLS_HOOK_(`LOCAL_SRV_FEATURES', `Local_srv_features')')
define(`LOCAL_CLT_FEATURES',	`_TLS_HOOK_(`LOCAL_CLT_FEATURES', `Local_clt_features')')
define(`LOCAL_TRY_TLS',		`_TLS_HOOK_(`LOCAL_TRY_TLS', `Local_try_tls')')
define(`LOCAL_TLS_RCPT',	`_TLS_HOOK_(`LOCAL_TLS_RCPT', `Local_tls_rcpt')')
define(`LOCAL_TLS_CLIENT',	`_TLS_HOOK_(`LOCAL_TLS_CLIENT', `Local_tls_client')')
define(`LOCAL_TLS_SERVER',	`_TLS_HOOK_(`LOCAL_TLS_SERVER', `Local_tls_server')')

dnl  Small helps for authors of .mc files.
define(`DOL', ``$'$1')
define(`CONCAT', `$1$2$3$4$5$6$7$8$9')
define(`lower', `ifelse($#, 0, ``lower'', `translit(`$1', `A-Z', `a-z')')')
