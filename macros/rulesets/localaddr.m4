_SECTION_(`localaddr (5): names that aliases did not change')dnl
#
#  localaddr - a last look at local names; called for mailers with flag 5
#     in   user, or user+detail; macro h holds the host of the triple: +detail or nothing
#     out  another triple, or the input: deliver
#
ifdef(`_MSP_FEATURE_', `', `SLocal_localaddr
')dnl
Slocaladdr=5
R$+			$: < $1 > $| $>"Local_localaddr" $1	rules of this site
R< $* > $| $#ok		$@ $1				deliver as it is
R< $* > $| $#$*		$#$2
R< $* > $| $*		$: $1
ifdef(`_PRESERVE_LUSER_HOST_', `R$+			$: $>RememberHost < $&h > < $&{Host} > $1
')dnl
R$+			$: <> $1
ifdef(`_PRESERVE_LOCAL_PLUS_DETAIL_', `', `R<> $+ + *		$#_LOCAL_ $@ $&h $: $1
R<> $+ + $*		$#_LOCAL_ $@ + $2 $: $1 + *	aliases for user+* before those for user
')dnl
ifdef(`LUSER_RELAY', `ifdef(`_PRESERVE_LOCAL_PLUS_DETAIL_', `R<> $+ + $*		$: + $2 $| $(user $1 $)		the detail is no part of the name
')dnl
R<> $+			$: $| $(user $1 $)
R$* $| $+ <>		$: <> $2 $1			known here
R$* $| $+		$: < $L > $2 $1`'ifdef(`_PRESERVE_LUSER_HOST_', ` $&{Host}')
')dnl
ifdef(`MAIL_HUB', `R<> $+			$: < $H > $1			the hub has the mailboxes
', `ifdef(`LOCAL_RELAY', `R<> $+			$: < $R > $1			the relay knows
')')dnl
ifdef(`_PRESERVE_LOCAL_PLUS_DETAIL_', `R<> $+			$@ $1				feature preserve_local_plus_detail
', `R<> $+			$: <> $1 $| $&h
R<> $+ $| + $*		$#_LOCAL_ $@ $2 $: @ $1		the detail is for the mailer
R<> $+ $| $*		$@ $1
')dnl
ifelse(ifdef(`LUSER_RELAY', ``x'')ifdef(`MAIL_HUB', ``x'')ifdef(`LOCAL_RELAY', ``x''), `', `', `R< $+ > $+		$@ $>UserAway $2 $| $&h $| $1
#
#  UserAway - to another host, with the detail
#     in   user $| +detail or something else $| relay
#
SUserAway
ifdef(`_PRESERVE_LOCAL_PLUS_DETAIL_', `', `ifdef(`_PRESERVE_LUSER_HOST_', `R$* @ $+ $| + $* $| $+	$: $1 + $3 @ $2 $| $4
')dnl
R$+ $| + $* $| $+	$: $1 + $2 $| $3
')dnl
R$+ $| $* $| $+		$: $1 $| $3
R$+ $| error : $+	$@ $>ErrorTriple $2
R$+ $| local : $*	$@ $>CanonLocal < $2 > $1
ifdef(`_PRESERVE_LUSER_HOST_', `R$+ @ $+ $| $+		$@ $>MailerToTriple < $3 > $1 < @ $2 >
')dnl
R$+ $| $~[ : $+		$@ $>MailerToTriple < $2 : $3 > $1 < @ $3 >
R$+ $| $+		$@ $>MailerToTriple < $2 > $1 < @ $2 >
')dnl
ifdef(`_PRESERVE_LUSER_HOST_', `#
#  RememberHost - feature preserve_luser_host: macro {Host} is the host the mail was for
#     in   < host of the triple > < what is remembered > user
#
SRememberHost
R< > < > $+		$: $(macro {Host} $@ $) $1
R< > < $+ > $+		$@ $2
R< +$* > < $* > $+	$@ $3				only a detail
R< $* @ $+ > < $* > $+	$: $(macro {Host} $@ @$2 $) $4
R< $+ > < $* > $+	$: $(macro {Host} $@ @$1 $) $3
')dnl
