dnl  define.m4 - from here on, define watches for names of options
dnl
dnl  Write    define(`confLOG_LEVEL', `12')    as ever
dnl  Adds     a fault for a name that begins with conf and is not in options/table.m4
dnl
dnl  The builtin stays reachable as _PLAIN_DEFINE_. A bare word define in a text stays
dnl  what it is, as with the builtin.

define(`_PLAIN_DEFINE_', defn(`define'))
_PLAIN_DEFINE_(`define', `ifelse($#, 0, ``define'',
	`ifelse(index(`$1', `conf'), 0, `ifdef(`_KNOWN_$1_', `',
		`_UNKNOWN_(`option', `$1', __file__, __line__)')')'dnl
`_PLAIN_DEFINE_(`$1', `$2')')')
