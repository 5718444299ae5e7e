divert(-1)
changecom()
dnl  waybill.m4 - the entry point: what a .mc file gets by reading this one
dnl
dnl  Use      m4 waybill.m4 site.mc > sendmail.cf
dnl           m4 -D_CF_DIR_=/path/to/macros/ /path/to/macros/waybill.m4 site.mc
dnl           or, as the first line of site.mc, include(`/path/to/macros/waybill.m4')
dnl  Adds     the words of vocabulary/; when site.mc has ended, the whole
dnl           configuration is written in the order of _WRITE_CONFIGURATION_
dnl
dnl  _CF_DIR_ is this folder, with a slash at its end. Whoever does not give it
dnl  gets it from the name under which m4 found this file: ten characters less.
dnl
dnl  Comments: `#' is an ordinary character here, since rules are full of it.
dnl  Notes for readers of the library begin with dnl. A line that begins with `#'
dnl  goes into the .cf, and m4 expands it like any other text.
dnl
dnl  Rulesets: sendmail has room for 100 with names alone. Those that only the library
dnl  itself calls have numbers from 60 to 99 as well, which leaves a site its room.

ifdef(`_CF_DIR_', `', `define(`_CF_DIR_', substr(__file__, 0, eval(len(__file__) - 10)))')
define(`_LIBRARY_', `include(_CF_DIR_`$1.m4')')

dnl  ---- words a .mc file can use

_LIBRARY_(`vocabulary/places')
_LIBRARY_(`vocabulary/messages')
_LIBRARY_(`vocabulary/names')
_LIBRARY_(`vocabulary/nearest')
_LIBRARY_(`vocabulary/loading')
_LIBRARY_(`vocabulary/classes')
_LIBRARY_(`vocabulary/lines')
_LIBRARY_(`vocabulary/hooks')
_LIBRARY_(`vocabulary/mailers')
_LIBRARY_(`options/defaults')

dnl  ---- what is written, and in which order

define(`_WRITE_CONFIGURATION_', `divert(-1)
_LIBRARY_(`options/late')
divert(0)dnl
_LIBRARY_(`options/identity')dnl
_LIBRARY_(`options/written')dnl
_LIBRARY_(`options/table')dnl
_LIBRARY_(`options/headers')dnl
_LIBRARY_(`rulesets/canonify')dnl
_LIBRARY_(`rulesets/final')dnl
_LIBRARY_(`rulesets/parse')dnl
_LIBRARY_(`rulesets/routes')dnl
_LIBRARY_(`rulesets/mailertriple')dnl
_LIBRARY_(`rulesets/localaddr')dnl
_LIBRARY_(`rulesets/masquerade')dnl
ifdef(`_ACCESS_TABLE_', `_LIBRARY_(`rulesets/access')')dnl
_LIBRARY_(`rulesets/checkclient')dnl
_LIBRARY_(`rulesets/checksender')dnl
_LIBRARY_(`rulesets/checkrecipient')dnl
_LIBRARY_(`rulesets/relaying')dnl
_LIBRARY_(`rulesets/auth')dnl
_LIBRARY_(`rulesets/tls')dnl
_SECTION_(`rulesets of features and of this site')
_PLACED_(`rulesets')dnl
_LIBRARY_(`rulesets/mailers')dnl
_END_OF_CONFIGURATION_')
m4wrap(`_WRITE_CONFIGURATION_')

dnl  From here on every define is looked at for the name of an unknown option.
_LIBRARY_(`vocabulary/define')
divert(0)dnl
