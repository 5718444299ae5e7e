dnl  late.m4 - decisions that wait for the end of the .mc file
dnl
dnl  Adds     MAILER(local) if missing, the choice of mailers, replies, old names

ifdef(`__OSTYPE__', `', `_CAUTION_(`no OSTYPE was given: paths and mailer flags are those of no system in particular')')
ifdef(`_MAILER_local_', `', `MAILER(`local')')
ifdef(`_SPAM_FH_', `ifdef(`_ACCESS_TABLE_', `',
	`_CAUTION_(`FEATURE(delay_checks) with an argument needs FEATURE(access_db)')')')
ifelse(substr(ifdef(`confDELIVERY_MODE', `defn(`confDELIVERY_MODE')'), 0, 1), `d',
	`_CAUTION_(`confDELIVERY_MODE is deferred: clients, senders and recipients are not checked then')')

_PREFER_(`confLOCAL_MAILER', `local')
_PREFER_(`confSMTP_MAILER', `esmtp')
_PREFER_(`confUUCP_MAILER', `uucp-old')
_PREFER_(`confRELAY_MAILER', ifdef(`_MAILER_smtp_', `relay', `ifdef(`_MAILER_uucp_', `uucp-new', `unknown')'))
define(`_LOCAL_', `confLOCAL_MAILER')
define(`_SMTP_', `confSMTP_MAILER')
define(`_RELAY_', `confRELAY_MAILER')
define(`_UUCP_', `confUUCP_MAILER')

dnl  ---- names that sendmail.mc files of old used
ifdef(`confMESSAGE_TIMEOUT', `define(`_SLASH_', index(confMESSAGE_TIMEOUT, `/'))ifelse(
	_SLASH_, -1, `define(`confTO_QUEUERETURN', confMESSAGE_TIMEOUT)',
	`define(`confTO_QUEUERETURN', substr(confMESSAGE_TIMEOUT, 0, _SLASH_))define(
	`confTO_QUEUEWARN', substr(confMESSAGE_TIMEOUT, incr(_SLASH_)))')')
ifelse(defn(`confDAEMON_OPTIONS'), `', `', `_CAUTION_(`confDAEMON_OPTIONS is obsolete: use DAEMON_OPTIONS')DAEMON_OPTIONS(defn(`confDAEMON_OPTIONS'))')
ifelse(defn(`confCLIENT_OPTIONS'), `', `', `_CAUTION_(`confCLIENT_OPTIONS is obsolete: use CLIENT_OPTIONS')CLIENT_OPTIONS(defn(`confCLIENT_OPTIONS'))')
ifdef(`confDEF_GROUP_ID', `_CAUTION_(`confDEF_GROUP_ID is obsolete: use confDEF_USER_ID, as in mail:mail')')
ifdef(`confREAD_TIMEOUT', `_CAUTION_(`confREAD_TIMEOUT is obsolete: use the confTO_ names')')
ifdef(`confUNSAFE_GROUP_WRITES', `_CAUTION_(`confUNSAFE_GROUP_WRITES is obsolete: use confDONT_BLAME_SENDMAIL')')
ifdef(`confAUTO_REBUILD', `_CAUTION_(`confAUTO_REBUILD is obsolete: aliases are rebuilt by newaliases only')')


dnl  Feature delay_checks lets check_rcpt call the checks of client and sender.
define(`_CHECK_RELAY_', ifdef(`_DELAY_CHECKS_', `checkrelay', `check_relay'))
define(`_CHECK_MAIL_', ifdef(`_DELAY_CHECKS_', `checkmail', `check_mail'))

dnl  The reply when a demand for TLS is not met: try again, unless TLS_PERM_ERR is set.
define(`_TLS_REPLY_', ifdef(`TLS_PERM_ERR', `554', `454'))
define(`_TLS_DSN_', ifdef(`TLS_PERM_ERR', `5.7.0', `4.7.0'))
define(`_TLS_CODE_', _TLS_REPLY_` : '_TLS_DSN_)
