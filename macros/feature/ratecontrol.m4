dnl  ratecontrol.m4 - limit how often a client may connect
dnl
dnl  Write    FEATURE(`ratecontrol')   or   FEATURE(`ratecontrol', `nodelay', `terminate')
dnl  Arguments nodelay: with feature delay_checks, do not wait for the recipient
dnl            terminate: end the session with 421; default: 452
dnl  Adds     flag _RATE_CONTROL_; rulesets/rates.m4 looks for keys ClientRate:client in the access table

ifdef(`_ACCESS_TABLE_', `define(`_RATE_CONTROL_', `with the checks')', `_CAUTION_(`FEATURE(ratecontrol) needs FEATURE(access_db), before it')')
ifelse(lower(_ARG1_), `nodelay', `ifdef(`_DELAY_CHECKS_',
	`define(`_RATE_CONTROL_', `at once')',
	`_CAUTION_(`FEATURE(ratecontrol): nodelay needs FEATURE(delay_checks), before it')')')
define(`_RATE_CONTROL_REPLY', ifelse(_ARG2_, `terminate', `421', `452'))
