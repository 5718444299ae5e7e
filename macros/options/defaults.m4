dnl  defaults.m4 - what the names of table.m4 are when a .mc file begins
dnl
dnl  Adds     the values of the third column, and _KNOWN_name_ for vocabulary/define.m4

define(`_OPTION_', `define(`_KNOWN_$1_')ifelse(`$3', `', `', `define(`$1', `$3')')')
define(`_SETTING_', defn(`_OPTION_'))
define(`_FILTER_OPTION_', defn(`_OPTION_'))
define(`_PLACE_OPTION_', `define(`_KNOWN_$1_')')
_LIBRARY_(`options/table')

ifdef(`MAIL_SETTINGS_DIR', `', `define(`MAIL_SETTINGS_DIR', `/etc/mail/')')
define(`DATABASE_MAP_TYPE', `hash')
define(`CF_LEVEL', `10')
