dnl  messages.m4 - how the library speaks to the person who runs it
dnl
dnl  Adds     _FAULT_(text)     a mistake: said at once; the run ends with status 65
dnl           _CAUTION_(text)   worth knowing: said, and the run goes on
dnl           _UNKNOWN_(kind, name, file, line)   the fault of an unknown name
dnl
dnl  A fault does not stop m4: the .cf is written to its end, so that one run shows
dnl  every fault, and then m4exit gives the status (65, "data error" in sysexits.h).
dnl  A program that drives the library may define _UNKNOWN_ and _FAULTS_HANDLER_ before
dnl  reading it; names.m4 holds the lists in which it can look for the nearest name.

define(`_FAULTS_', 0)
define(`_COUNT_FAULT_', `define(`_FAULTS_', incr(_FAULTS_))')
define(`_FAULT_', `_FAULT_AT_(__file__, __line__, `$1')')
define(`_FAULT_AT_', `errprint(`$1:$2: error: $3
')_COUNT_FAULT_`'')
define(`_CAUTION_', `errprint(__file__:__line__`: warning: $1
')')

ifdef(`_UNKNOWN_', `', `define(`_UNKNOWN_',
	`_FAULT_AT_(`$3', `$4', `$2: no $1 of this name'_NEAREST_(`$1', `$2'))')')

define(`_END_OF_CONFIGURATION_', `ifelse(_FAULTS_, 0, `', `m4exit(65)')')
