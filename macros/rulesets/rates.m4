dnl  rates.m4 - features ratecontrol and conncontrol: one ruleset each
define(`_LIMIT_', `define(`_LIMIT_NAME_', `$1')define(`_LIMIT_TAG_', `$2')define(`_LIMIT_COUNT_', `$3')define(`_LIMIT_REPLY_', `$4')_LIBRARY_(`rulesets/limit')')dnl
ifdef(`_RATE_CONTROL_', `_LIMIT_(`RateControl', `ClientRate', `client_rate', `_RATE_CONTROL_REPLY Connection rate limit exceeded.')')dnl
ifdef(`_CONN_CONTROL_', `_LIMIT_(`ConnControl', `ClientConn', `client_connections', `_CONN_CONTROL_REPLY Too many open connections.')')dnl
