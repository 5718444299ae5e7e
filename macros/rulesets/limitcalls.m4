dnl  limitcalls.m4 - calls of the rulesets of rates.m4 whose features say _LIMITS_WHEN_
ifelse(ifdef(`_RATE_CONTROL_', `_RATE_CONTROL_'), _LIMITS_WHEN_, `R$*			$: $1 $| $>"RateControl" dummy
R$* $| $#$*		$#$2
R$* $| $*		$: $1
')dnl
ifelse(ifdef(`_CONN_CONTROL_', `_CONN_CONTROL_'), _LIMITS_WHEN_, `R$*			$: $1 $| $>"ConnControl" dummy
R$* $| $#$*		$#$2
R$* $| $*		$: $1
')dnl
