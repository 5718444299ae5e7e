dnl  conncontrol.m4 - limit how many connections a client may have open
dnl
dnl  Write    FEATURE(`conncontrol')   or   FEATURE(`conncontrol', `nodelay', `terminate')
dnl  Arguments nodelay: with feature delay_checks, do not wait for the recipient
dnl            terminate: end the session with 421; default: 452
dnl  Adds     flag _CONN_CONTROL_; rulesets/rates.m4 looks for keys ClientConn:client in the access table

ifdef(`_ACCESS_TABLE_', `define(`_CONN_CONTROL_', `with the checks')', `_CAUTION_(`FEATURE(conncontrol) needs FEATURE(access_db), before it')')
ifelse(lower(_ARG1_), `nodelay', `ifdef(`_DELAY_CHECKS_',
	`define(`_CONN_CONTROL_', `at once')',
	`_CAUTION_(`FEATURE(conncontrol): nodelay needs FEATURE(delay_checks), before it')')')
define(`_CONN_CONTROL_REPLY', ifelse(_ARG2_, `terminate', `421', `452'))
