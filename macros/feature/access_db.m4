dnl  access_db.m4 - decide by a table whom to accept, refuse and relay
dnl
dnl  Write    FEATURE(`access_db')   or   FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access', `skip')
dnl  Arguments the map; default: access of the type and in the folder set for the site
dnl            skip: a value SKIP ends the search
dnl            lookupdotdomain: a key .example.org matches hosts below that domain
dnl            relaytofulladdress: To:user@domain may allow relaying
dnl  Adds     map access, asked by the check_ and tls_ rulesets

define(`_ACCESS_TABLE_', `')
ifdef(`_GREET_PAUSE_', `_CAUTION_(`FEATURE(greet_pause) does not know of FEATURE(access_db), which comes behind it')')
define(`_TAG_DELIM_', `:')
define(`_ATMPF_', `<TMPF>')

dnl  _ACCESS_WORD_(word) - one of the words behind the map
define(`_ACCESS_WORD_', `ifelse(
	`$1', `', `',
	lower(`$1'), `skip', `define(`_ACCESS_SKIP_', 1)',
	lower(`$1'), `lookupdotdomain', `define(`_LOOKUPDOTDOMAIN_', 1)',
	lower(`$1'), `relaytofulladdress', `define(`_RELAY_FULL_ADDR_', 1)',
	`_CAUTION_(`FEATURE(access_db): $1 is none of skip, lookupdotdomain, relaytofulladdress')')')
_ACCESS_WORD_(_ARG2_)
_ACCESS_WORD_(_ARG3_)
_ACCESS_WORD_(_ARG4_)

dnl  A failed look-up must come back as <TMPF>, or it would count as nothing found.
define(`_ACCESS_MAP_', `ifelse(
	defn(`_ARG_'), `', `DATABASE_MAP_TYPE -T`'_ATMPF_ MAIL_SETTINGS_DIR`'access',
	index(defn(`_ARG_'), `-T'), -1, `_CAUTION_(`FEATURE(access_db): the map has no -T<TMPF>, which is put in')dnl
translit(substr(defn(`_ARG_'), 0, index(defn(`_ARG_'), ` ')), `', `') -T`'_ATMPF_`'substr(defn(`_ARG_'), index(defn(`_ARG_'), ` '))',
	`_ARG_')')
LOCAL_CONFIG
#  access_db: whom to accept, refuse and relay
Kaccess _ACCESS_MAP_
