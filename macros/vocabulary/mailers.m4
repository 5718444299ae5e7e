dnl  mailers.m4 - what mailer files and the admin say about mailers
dnl
dnl  Write    MODIFY_MAILER_FLAGS(`LOCAL', `+e')    add a flag to the flags of the family
dnl           MODIFY_MAILER_FLAGS(`LOCAL', `-m')    take flags away
dnl           MODIFY_MAILER_FLAGS(`LOCAL', `abc')   say them all
dnl  Adds     the change; the mailer file applies it with _FLAGS_ when MAILER loads it
dnl
dnl  Changes wait under the name of the family. What says all flags counts alone; else
dnl  those to be taken away go first, and of those to be added each comes in once.

define(`MODIFY_MAILER_FLAGS', `ifelse(
	substr(`$2', 0, 1), `+', `_MORE_FLAGS_(`_FLAGS_ADDED_$1_', substr(`$2', 1))',
	substr(`$2', 0, 1), `-', `_MORE_FLAGS_(`_FLAGS_DROPPED_$1_', substr(`$2', 1))',
	`define(`_FLAGS_SAID_$1_', `$2')')')
define(`_MORE_FLAGS_', `define(`$1', ifdef(`$1', `defn(`$1')')`$2')')

dnl  _FLAGS_(family, flags) - the flags after all changes
define(`_FLAGS_', `ifdef(`_FLAGS_SAID_$1_', `defn(`_FLAGS_SAID_$1_')',
	`_WITH_FLAGS_(_WITHOUT_FLAGS_(`$2', defn(`_FLAGS_DROPPED_$1_')), defn(`_FLAGS_ADDED_$1_'))')')
define(`_WITHOUT_FLAGS_', `ifelse(`$2', `', ``$1'',
	`_WITHOUT_FLAGS_(_WITHOUT_FLAG_(`$1', index(`$1', substr(`$2', 0, 1))), substr(`$2', 1))')')
define(`_WITHOUT_FLAG_', `ifelse($2, -1, ``$1'', `_JOINED_(substr(`$1', 0, $2), substr(`$1', incr($2)))')')
define(`_JOINED_', ``$1$2'')
define(`_WITH_FLAGS_', `ifelse(`$2', `', ``$1'',
	`_WITH_FLAGS_(_WITH_FLAG_(`$1', substr(`$2', 0, 1)), substr(`$2', 1))')')
define(`_WITH_FLAG_', `ifelse(index(`$1', `$2'), -1, ``$1$2'', ``$1'')')

dnl  _ITEM_(M=, name) - one item of an M line if the macro of that name is set
define(`_ITEM_', `ifdef(`$2', ` $1$2,')')

dnl  _QUEUE_ITEM_(name) - the queue group of a mailer if the site names one
define(`_QUEUE_ITEM_', `ifelse(defn(`$1'), `', `', ` Q=$1,')')

dnl  _PREFER_(name, value) - the value unless the site gave one
define(`_PREFER_', `ifdef(`$1', `', `define(`$1', `$2')')')
