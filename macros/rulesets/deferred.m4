dnl  deferred.m4 - mode deferred: look-ups wait until the message is delivered
R$*			$: $&{deliveryMode} $| $1
Rd $| $*		$@ deferred			look-ups wait until the message is delivered
R$* $| $*		$: $2
