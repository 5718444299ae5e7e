dnl  blocklist_recipients.m4 - let the access table refuse recipients, too
dnl
dnl  Write    FEATURE(`blocklist_recipients')
dnl  Adds     flag _BLOCKLIST_RCPT_, read by rulesets/checkrecipient.m4

ifdef(`_ACCESS_TABLE_', `define(`_BLOCKLIST_RCPT_', 1)', `_CAUTION_(`FEATURE(blocklist_recipients) needs FEATURE(access_db), before it')')
