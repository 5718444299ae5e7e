dnl  defaults.m4 - gives the names of table.m4 the values they have when a .mc file begins

define(`_OPTION_', `ifelse(`$3', `', `', `define(`$1', `$3')')')
define(`_SETTING_', defn(`_OPTION_'))
define(`_FILTER_OPTION_', defn(`_OPTION_'))
_LIBRARY_(`options/table')

define(`MAIL_SETTINGS_DIR', `/etc/mail/')
define(`DATABASE_MAP_TYPE', `hash')
define(`CF_LEVEL', `10')
