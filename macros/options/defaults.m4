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

dnl  ---- the Received: header, in parts that a site may take for one of its own
dnl
dnl  From whom, authenticated as whom, by whom and how, with what TLS, for whom. A line
dnl  break inside the value becomes one inside the header.
define(`_RECEIVED_PART_', `define(`_REC_$1_', `$2')')
_RECEIVED_PART_(`HDR', `$?sfrom $s $.$?_($?s$|from $.$_)')
_RECEIVED_PART_(`AUTH', `$.$?{auth_type}(authenticated')
_RECEIVED_PART_(`FULL_AUTH', `$.$?{auth_type}(user=${auth_authen} $?{auth_author}author=${auth_author} $.mech=${auth_type}')
_RECEIVED_PART_(`BY', `$.by $j ($v/$Z)$?r with $r$. id $i$?{tls_version}')
_RECEIVED_PART_(`TLS', `(version=${tls_version} cipher=${cipher} bits=${cipher_bits} verify=${verify})$.$?u')
_RECEIVED_PART_(`END', `for $u; $|;
	$.$b')
define(`confRECEIVED_HEADER', `_REC_HDR_
	_REC_AUTH_$?{auth_ssf} bits=${auth_ssf}$.)
	_REC_BY_
	_REC_TLS_
	_REC_END_')
