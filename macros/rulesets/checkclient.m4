_SECTION_(`check_relay: may this client talk to us?')dnl
#
#  _CHECK_RELAY_ - sendmail asks when a client connects
#     in   name of the client $| its address
#     out  an error, or anything else: go on
#
C{Accept}OK RELAY
SLocal_check_relay
S`'_CHECK_RELAY_
R$*			$: < $1 > $| $>"Local_check_relay" $1	rules of this site
R< $* > $| $#$*		$#$2
R< $* > $| $*		$@ $>"Basic_check_relay" $1
#
#  Basic_check_relay - the same, without the rules of this site
#
SBasic_check_relay
_LIBRARY_(`rulesets/deferred')dnl
ifdef(`_ACCESS_TABLE_', `R$* $| $*		$: $>SearchList <+ Connect> $| < D : $1 > < A : $2 > < >
R< $={Accept} >		$@ $1
R<?>			$: OK				nothing known
R< $+ >			$@ $>AccessVerdict < $1 >
')dnl
define(`_LIMITS_WHEN_', `with the checks')dnl
_LIBRARY_(`rulesets/limitcalls')dnl
_PLACED_(`clientlists')dnl
_LIBRARY_(`rulesets/rates')dnl
define(`_LIMITS_WHEN_', `at once')dnl
ifelse(ifdef(`_RATE_CONTROL_', `_RATE_CONTROL_'), `at once', `_LIBRARY_(`rulesets/limitsatonce')',
	ifdef(`_CONN_CONTROL_', `_CONN_CONTROL_'), `at once', `_LIBRARY_(`rulesets/limitsatonce')')dnl
