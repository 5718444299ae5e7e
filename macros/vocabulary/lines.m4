dnl  lines.m4 - words that collect lines of their own: daemons, filters, queue groups
dnl
dnl  Write    VERSIONID(`text')
dnl           DAEMON_OPTIONS(`Port=smtp, Name=MTA')           each use is one line
dnl           CLIENT_OPTIONS(`Family=inet, Addr=192.0.2.1')
dnl           QUEUE_GROUP(`name', `Path=/var/spool/x, F=f')
dnl           MAIL_FILTER(`name', `S=local:/run/f, F=T')      known, but only used if
dnl                                                           confINPUT_MAIL_FILTERS names it
dnl           INPUT_MAIL_FILTER(`name', `S=...')              known and used, in this order
dnl  Adds     comment, DaemonPortOptions, ClientPortOptions, Q and X lines

dnl  Macros in a line are expanded when it is written, so that they may be defined later.
define(`_ADD_LINE_', `define(`$1', ifdef(`$1', `defn(`$1')')`$2
')')

define(`VERSIONID', ``#  made from: $1'
')
define(`DAEMON_OPTIONS', `_ADD_LINE_(`_DAEMON_LINES_', `O DaemonPortOptions=$1')')
define(`CLIENT_OPTIONS', `_ADD_LINE_(`_CLIENT_LINES_', `O ClientPortOptions=$1')')
define(`QUEUE_GROUP', `_ADD_LINE_(`_QUEUE_GROUP_LINES_', `Q$1, $2')')
define(`MAIL_FILTER', `_ADD_LINE_(`_FILTER_LINES_', `X$1, $2')')
define(`INPUT_MAIL_FILTER', `MAIL_FILTER($@)define(`confINPUT_MAIL_FILTERS',
	ifelse(defn(`confINPUT_MAIL_FILTERS'), `', ``$1'',
	`defn(`confINPUT_MAIL_FILTERS')``, $1'''))')
