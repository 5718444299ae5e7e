_SECTION_(`check_mail: may this be a sender?')dnl
#
#  check_mail - sendmail calls it for MAIL
#     in   the sender as the client wrote it
#     out  an error, or anything else: go on
#
Kresolve host -a<OKR> -T<TEMP>
C{ResOk}OKR
SLocal_check_mail
S`'_CHECK_MAIL_
R$*			$: $1 $| $>"Local_check_mail" $1	rules of this site
R$* $| $#$*		$#$2
R$* $| $*		$@ $>"Basic_check_mail" $1
#
#  Basic_check_mail - the same in, without the rules of this site
#
SBasic_check_mail
R$*			$: < $&{deliveryMode} > $1
R< d > $*		$@ deferred			look-ups wait until the message is delivered
R< $* > $*		$: $2
R<>			$@ <OK>				bounces must be accepted (RFC 5321)
R< $+ >			$: $1
R$+			$: $>SenderHere $1		user@localhost from far away?
R$+			$: $>SenderHost $1		does the host exist?
ifdef(`_ACCESS_TABLE_', `R< $+ > $+		$: $>SenderAccess < $1 > $2	is the sender in the access table?
')dnl
R<?> $+			$: $>SenderBare $1		no host at all
R$={ResOk}		$@ <OKR>
