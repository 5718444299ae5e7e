dnl  define.m4 - from here on, define watches for names of options
dnl
dnl  Write    define(`confLOG_LEVEL', `12')    as ever
dnl  Adds     a note of where each conf name was set. The table of options strikes out the
dnl           notes of names it has; what is left in the end is a fault with its place.

define(`_CONF_NAMES_', `')
define(`_PLAIN_DEFINE_', defn(`define'))
define(`_NOTE_CONF_', `ifdef(`_SET_AT_$1_', `',
	`_PLAIN_DEFINE_(`_CONF_NAMES_', defn(`_CONF_NAMES_')``$1',')')dnl
_PLAIN_DEFINE_(`_SET_AT_$1_', ``$2', `$3'')')

dnl  Strikes out a name, and reports those left over.
define(`_KNOWN_CONF_', `undefine(`_SET_AT_$1_')')
define(`_REPORT_UNKNOWN_CONF_', `ifelse(`$1', `', `',
	`ifdef(`_SET_AT_$1_', `_UNKNOWN_(`option', `$1', indir(`_SET_AT_$1_'))')'dnl
`_REPORT_UNKNOWN_CONF_(shift($@))')')

_PLAIN_DEFINE_(`define', `ifelse($#, 0, ``define'',
	`ifelse(index(`$1', `conf'), 0, `_NOTE_CONF_(`$1', __file__, __line__)')'dnl
`_PLAIN_DEFINE_(`$1', `$2')')')
