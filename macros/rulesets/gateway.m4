R$* < @ $+ ._ENDING_. > $*	$: $>MailerToTriple < _GATEWAY_MACRO_ > $1 < @ $2 ._ENDING_. > $3
