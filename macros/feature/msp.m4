dnl  msp.m4 - the program that submits mail: everything goes to one host, by default to this
dnl
dnl  Write    FEATURE(`msp')   or   FEATURE(`msp', `mailhub.example.org', `MSA')
dnl  Arguments the host; default: [localhost]
dnl            MSA: its port is 587
dnl  Adds     everything a submit.mc needs, the mailers included

define(`_MSP_FEATURE_', 1)
define(`_MTA_HOST_', ifelse(_ARG1_, `', ``[localhost]'', `_ARG1_'))

dnl  no daemon, no aliases, no local delivery
undefine(`ALIAS_FILE')
define(`confFORWARD_PATH', `')
define(`_NO_MSA_', 1)
define(`_DAEMON_LINES_', ``O DaemonPortOptions=Name=NoMTA, Addr=127.0.0.1, M=E
'')
define(`confUSE_MSP', `True')
define(`confDONT_PROBE_INTERFACES', `True')
define(`confPRIVACY_FLAGS', `goaway,noetrn,restrictqrun')
define(`confDELIVERY_MODE', `i')

dnl  a queue of its own, for a user of its own
_PREFER_(`MSP_QUEUE_DIR', `/var/spool/clientmqueue')
define(`QUEUE_DIR', `MSP_QUEUE_DIR')
define(`confQUEUE_FILE_MODE', `0660')
_PREFER_(`STATUS_FILE', `QUEUE_DIR/sm-client.st')
_PREFER_(`confPID_FILE', `QUEUE_DIR/sm-client.pid')
_PREFER_(`confRUN_AS_USER', `smmsp')
_PREFER_(`confTRUSTED_USER', substr(confRUN_AS_USER, 0, index(confRUN_AS_USER`:', `:')))

dnl  every mailer speaks SMTP; flag 5 calls localaddr, flag k accepts a host that calls itself us
define(`_LOCAL_BASE_FLAGS_', `')
define(`_SHELL_BASE_FLAGS_', `')
define(`LOCAL_MAILER_PATH', `[IPC]')
define(`LOCAL_MAILER_ARGS', `TCP $h')
define(`LOCAL_MAILER_FLAGS', `lmDFMuXkw5')
define(`LOCAL_MAILER_DSN_DIAGNOSTIC_CODE', `SMTP')
define(`LOCAL_SHELL_PATH', `[IPC]')
define(`LOCAL_SHELL_ARGS', `TCP $h')
define(`LOCAL_SHELL_FLAGS', `lmDFMuXk5')
MODIFY_MAILER_FLAGS(`SMTP', `+k5')
MODIFY_MAILER_FLAGS(`ESMTP', `+k5')
MODIFY_MAILER_FLAGS(`SMTP8', `+k5')
MODIFY_MAILER_FLAGS(`DSMTP', `+k5')
MODIFY_MAILER_FLAGS(`RELAY', `+k')
ifelse(_ARG2_, `MSA', `define(`RELAY_MAILER_ARGS', `TCP $h 587')')

LOCAL_CONFIG
#  feature msp: the host that gets all mail
D{MTAHost}_MTA_HOST_
LOCAL_RULESETS
_SECTION_(`feature msp: send local mail, too, to the host')dnl
#
#  Local_localaddr - called by localaddr
#
SLocal_localaddr
R$+			$: $>FullAddr $>ParseRecipient $1
R$+			$#relay $@ ${MTAHost} $: $1
MAILER(`local')
MAILER(`smtp')
