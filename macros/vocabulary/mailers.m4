dnl  mailers.m4 - what mailer files and the admin say about mailers
dnl
dnl  Write    MODIFY_MAILER_FLAGS(`LOCAL', `+e')    add a flag to the flags of the family
dnl           MODIFY_MAILER_FLAGS(`LOCAL', `-m')    take flags away
dnl           MODIFY_MAILER_FLAGS(`LOCAL', `abc')   say them all
dnl  Adds     the change; the mailer file applies it with _FLAGS_ when MAILER loads it
dnl
dnl  A change waits under the name of the family; a second one is applied to the
dnl  outcome of the first.

define(`MODIFY_MAILER_FLAGS', `define(`_FLAG_CHANGES_$1_', ifdef(`_FLAG_CHANGES_$1_',
	`defn(`_FLAG_CHANGES_$1_')`,'')``$2'')')

dnl  _FLAGS_(family, flags) - the flags after all changes
define(`_FLAGS_', `ifdef(`_FLAG_CHANGES_$1_',
	`_CHANGE_FLAGS_(`$2', _FLAG_CHANGES_$1_)', ``$2'')')
define(`_CHANGE_FLAGS_', `ifelse($#, 2, `_CHANGE_FLAG_(`$1', `$2')',
	`_CHANGE_FLAGS_(_CHANGE_FLAG_(`$1', `$2'), shift(shift($@)))')')
define(`_CHANGE_FLAG_', `ifelse(
	substr(`$2', 0, 1), `+', ``$1'`'substr(`$2', 1)',
	substr(`$2', 0, 1), `-', `translit(``$1'', substr(`$2', 1))',
	``$2'')')

dnl  _ITEM_(M=, name) - one item of an M line if the macro of that name is set
define(`_ITEM_', `ifdef(`$2', ` $1$2,')')

dnl  _PREFER_(name, value) - the value unless the site gave one
define(`_PREFER_', `ifdef(`$1', `', `define(`$1', `$2')')')
