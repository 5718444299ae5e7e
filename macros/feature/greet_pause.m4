dnl  greet_pause.m4 - wait before the greeting, and catch clients that do not
dnl
dnl  Write    FEATURE(`greet_pause', `5000')
dnl  Arguments milliseconds; with FEATURE(access_db) keys GreetPause:client come first
dnl  Adds     ruleset greet_pause

define(`_GREET_PAUSE_', `')
ifdef(`_ACCESS_TABLE_', `', `ifelse(len(_ARG1_), 0, `_CAUTION_(`FEATURE(greet_pause): say how long, or put FEATURE(access_db) before it')')')
LOCAL_RULESETS
_SECTION_(`feature greet_pause')dnl
#
#  greet_pause - sendmail asks how long to wait before it greets a client
#     in   name of the client $| its address
#     out  $# milliseconds
#
SLocal_greet_pause
Sgreet_pause
R$*			$: < $1 > $| $>"Local_greet_pause" $1	rules of this site
R< $* > $| $#$*		$#$2
R< $* > $| $*		$: $1
ifdef(`_ACCESS_TABLE_', `R$* $| $*		$: $>SearchList <! GreetPause> $| < D : $1 > < A : $2 > < >
R< $* <TMPF> >		$@					no pause if the table cannot say
R<?>			ifelse(_ARG1_, `', `$@', `$# _ARG1_')
R< $* >			$# $1
', `R$*			$# _ARG1_
')dnl
