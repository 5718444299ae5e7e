dnl  written.m4 - writes the names of table.m4 as O lines, daemons and clients first
define(`_OPTION_', `ifdef(`$1', `O $2`'_SET_TO_(`$1')
')dnl')dnl
define(`_PLACE_OPTION_', `O $2=ifdef(`$1', `$1', `$3')
dnl')dnl
define(`_SETTING_', `dnl')dnl
define(`_FILTER_OPTION_', ifdef(`_FILTER_LINES_', `defn(`_OPTION_')', `defn(`_SETTING_')'))dnl
define(`_TIME_ZONE_OPTION_', `ifelse(
	confTIME_ZONE, `USE_SYSTEM', `',
	confTIME_ZONE, `USE_TZ', `O TimeZoneSpec=
', `O TimeZoneSpec=confTIME_ZONE
')dnl')dnl
_SECTION_(`options')dnl
ifdef(`_DAEMON_LINES_', `_DAEMON_LINES_()', `ifdef(`_NETINET6_',
`O DaemonPortOptions=Name=MTA-v4, Family=inet
O DaemonPortOptions=Name=MTA-v6, Family=inet6
', `O DaemonPortOptions=Name=MTA
')')dnl
ifdef(`_NO_MSA_', `', `O DaemonPortOptions=Port=587, Name=MSA, M=E
')dnl
ifdef(`_CLIENT_LINES_', `_CLIENT_LINES_()')dnl
