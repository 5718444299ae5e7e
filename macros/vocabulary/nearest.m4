dnl  nearest.m4 - which known name is most like the one that was written
dnl
dnl  Adds     _NEAREST_(kind, name)   the end of a message: "; the nearest is ...", or nothing
dnl           kind is OSTYPE, DOMAIN, FEATURE, HACK, MAILER, or option for names in conf
dnl
dnl  Two names are alike when many pairs of neighbouring letters of one stand in the
dnl  other. A name that shares fewer than a third of its pairs is not offered; for options,
dnl  which all begin with conf, fewer than two thirds.

define(`_NEAREST_', `define(`_WRITTEN_', `$2')define(`_BEST_', `')define(`_BEST_WEIGHT_', -1000)dnl
ifelse(`$1', `option', `define(`_THIRDS_', 2)_COMPARE_OPTIONS_()', `define(`_THIRDS_', 1)_COMPARE_NAMES_(
	defn(`_NAMES_'translit(``$1'', `A-Z', `a-z')`_'))')dnl
ifelse(defn(`_BEST_'), `', `', ``; the nearest is 'defn(`_BEST_')')')

define(`_COMPARE_NAMES_', `patsubst(`$1', `|\([^|]*\)', `_COMPARE_(`\1')')')
dnl  The table is read once more, for its names alone.
define(`_COMPARE_OPTIONS_', `define(`_OPTION_', defn(`_COMPARE_'))define(`_SETTING_', defn(`_COMPARE_'))dnl
define(`_FILTER_OPTION_', defn(`_COMPARE_'))define(`_PLACE_OPTION_', defn(`_COMPARE_'))define(`_TIME_ZONE_OPTION_')_DROPPED_(_LIBRARY_(`options/table'))')
define(`_DROPPED_')

define(`_COMPARE_', `ifelse(`$1', `', `', `_WEIGH_(`$1', _SHARED_PAIRS_(`$1', defn(`_WRITTEN_'), 0, 0))')')

dnl  _SHARED_PAIRS_(known, written, place, number so far)
define(`_SHARED_PAIRS_', `ifelse(eval($3 + 2 > len(`$2')), 1, `$4',
	`_SHARED_PAIRS_(`$1', `$2', incr($3), ifelse(index(`$1', substr(`$2', $3, 2)), -1, $4, incr($4)))')')

dnl  _WEIGH_(known, shared pairs)
define(`_WEIGH_', `_KEEP_BEST_(`$1', eval(4 * $2 - len(`$1')),
	eval(3 * $2 >= _THIRDS_ * (len(defn(`_WRITTEN_')) - 1) && $2 > 0))')
define(`_KEEP_BEST_', `ifelse($3, 1, `ifelse(eval($2 > _BEST_WEIGHT_), 1,
	`define(`_BEST_', `$1')define(`_BEST_WEIGHT_', $2)')')')
