dnl  loading.m4 - the words that bring in a file of the library by its name
dnl
dnl  Write    OSTYPE(`linux')          once, before the others
dnl           DOMAIN(`generic')        defaults shared by the hosts of an organisation
dnl           FEATURE(`name', ...)     before MAILER
dnl           HACK(`name', ...)        a site's own workaround
dnl           MAILER(`smtp')           last; local comes by itself
dnl
dnl  Inside the file _ARG_ and _ARG1_ are the first argument after the name, _ARG2_ to
dnl  _ARG9_ the others, _ARGS_ all of them.

dnl  _FILE_PRESENT_(path) is yes if the path can be read. Only names that names.m4 does
dnl  not list come here, so ordinary runs start no program.
ifdef(`_FILE_PRESENT_', `', `define(`_FILE_PRESENT_',
	`syscmd(`test -r "$1"')ifelse(sysval, 0, `yes')')')

dnl  _LOAD_(folder, word, name, arguments ...)
define(`_LOAD_', `ifelse(index(_NAMES_$1_, `|$3|'), -1,
	`ifelse(_FILE_PRESENT_(_CF_DIR_`$1/$3.m4'), `yes',
		`_LOAD_FILE_($@)',
		`_UNKNOWN_(`$2', `$3', __file__, __line__)')',
	`_LOAD_FILE_($@)')')

define(`_LOAD_FILE_', `PUSHDIVERT(-1)dnl
define(`_ARGS_', `shift(shift(shift($@)))')dnl
define(`_ARG_', `$4')dnl
_LIBRARY_(`$1/$3')`'POPDIVERT`'')

define(`_NTH_ARG_1_', `$1')
define(`_NTH_ARG_2_', `$2')
define(`_NTH_ARG_3_', `$3')
define(`_NTH_ARG_4_', `$4')
define(`_NTH_ARG_5_', `$5')
define(`_NTH_ARG_6_', `$6')
define(`_NTH_ARG_7_', `$7')
define(`_NTH_ARG_8_', `$8')
define(`_NTH_ARG_9_', `$9')
define(`_ARG1_', `_NTH_ARG_1_(_ARGS_)')
define(`_ARG2_', `_NTH_ARG_2_(_ARGS_)')
define(`_ARG3_', `_NTH_ARG_3_(_ARGS_)')
define(`_ARG4_', `_NTH_ARG_4_(_ARGS_)')
define(`_ARG5_', `_NTH_ARG_5_(_ARGS_)')
define(`_ARG6_', `_NTH_ARG_6_(_ARGS_)')
define(`_ARG7_', `_NTH_ARG_7_(_ARGS_)')
define(`_ARG8_', `_NTH_ARG_8_(_ARGS_)')
define(`_ARG9_', `_NTH_ARG_9_(_ARGS_)')

define(`OSTYPE', `ifdef(`__OSTYPE__',
	`_CAUTION_(`second OSTYPE($1) after OSTYPE('__OSTYPE__`)')')dnl
define(`__OSTYPE__', `$1')_LOAD_(`ostype', `OSTYPE', $@)')

define(`DOMAIN', `_LOAD_(`domain', `DOMAIN', $@)')

define(`FEATURE', `ifdef(`_MAILERS_LOADED_',
	`_CAUTION_(`FEATURE($1) after MAILER: mailers already written do not know it')')dnl
_LOAD_(`feature', `FEATURE', $@)')

define(`HACK', `_LOAD_(`hack', `HACK', $@)')

dnl  A bare MAILER stays a word, as in MAILER-DAEMON.
define(`MAILER', `ifelse($#, 0, ``MAILER'', `define(`_MAILERS_LOADED_')ifdef(`_MAILER_$1_',
	`_CAUTION_(`MAILER($1) is already there')',
	`define(`_MAILER_$1_')_LOAD_(`mailer', `MAILER', $@)')')')
