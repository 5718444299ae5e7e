dnl  places.m4 - named places of the .cf, to which features and sites add text
dnl
dnl  Write    EXTEND(`rulesets')    the lines that follow go to that place
dnl  Adds     EXTEND, and for the library _PLACED_, PUSHDIVERT, POPDIVERT
dnl
dnl  Text waits in m4 diversions, because rules hold $1 and $* which a macro body
dnl  would replace. Diversions 0 to 9 have had their meaning since long before us and
dnl  published .mc files use the numbers: this is the only file that knows them.

define(`_PLACE_heading_',		0)	dnl first lines: who made this and of what
define(`_PLACE_nearby_',		1)	dnl in Parse1: hosts that do not leave through the smart host
define(`_PLACE_canonify_',		2)	dnl in Canonify2: rewriting of host names
define(`_PLACE_parse_',			3)	dnl in ParseLocal: routing before anything else
define(`_PLACE_uucp_',			4)	dnl in Parse1: where UUCP hosts are decided
define(`_PLACE_localnames_',		5)	dnl in Parse1: names without a host
define(`_PLACE_configuration_',		6)	dnl classes, macros, maps
define(`_PLACE_mailers_',		7)	dnl mailer definitions and their rulesets
define(`_PLACE_clientlists_',		8)	dnl in Basic_check_relay: lists of unwanted clients
define(`_PLACE_rulesets_',		9)	dnl rulesets of their own

define(`EXTEND', `divert(indir(`_PLACE_$1_'))dnl')
define(`_PLACED_', `undivert(indir(`_PLACE_$1_'))')

dnl  Go somewhere and come back. Third-party features use these two names.
define(`PUSHDIVERT', `pushdef(`_BACK_TO_', divnum)divert($1)')
define(`POPDIVERT', `divert(_BACK_TO_)popdef(`_BACK_TO_')')

dnl  A heading inside the .cf.
define(`_SECTION_', `
#
#  ==== $1
#
')
