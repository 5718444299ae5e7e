_SECTION_(`check_rcpt: may mail go to this recipient?')dnl
SLocal_check_rcpt
ifdef(`_DELAY_CHECKS_', `_LIBRARY_(`rulesets/delaychecks')
Scheckrcpt
', `#
#  check_rcpt - sendmail asks for each RCPT command
#     in   the recipient as the client wrote it
#     out  an error, or anything else: go on
#
Scheck_rcpt
')dnl
R$*			$: < $1 > $| $>"Local_check_rcpt" $1	rules of this site
R< $* > $| $#$*		$#$2
R< $* > $| $*		$@ $>"Basic_check_rcpt" $1
#
#  Basic_check_rcpt - the same, without the rules of this site
#
#  The recipient may have the right to be reached (Rcpt_ok), or the client the right to
#  send (Relay_ok). If one cannot say now and the other does not allow it, the client
#  shall try again.
#
SBasic_check_rcpt
R$@			<>
R<>			$#error $@ nouser $: "553 User address required"
_LIBRARY_(`rulesets/deferred')dnl
R$*			$: ? $>Rcpt_ok $1
ifdef(`_PROMISCUOUS_RELAY_', `R? $#$*			$#$1
', `R? RELAY		$@ RELAY
R? $#TEMP $*		$: $1 $| $>Relay_ok $&{client_addr}
R? $#$*			$#$1
R? $*			$: $| $>Relay_ok $&{client_addr}
R$* $| RELAY		$@ RELAY
R$* $| $#TEMP $*	$#error $2
R$* $| $#$*		$#$2
R$+ $| $*		$#error $1			the recipient may be known later
R$*			$#error $@ 5.7.1 $: ifdef(`confRELAY_MSG', `confRELAY_MSG', `"550 Relaying denied`'ifdef(`_TRUST_AUTH_MECH_', `. Proper authentication required.')"')
')dnl
