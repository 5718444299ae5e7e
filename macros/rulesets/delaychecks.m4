#
#  check_rcpt - feature delay_checks: the recipient first, then sender and client
#     in   the recipient as the client wrote it
#     out  an error, or anything else: go on
#
Scheck_rcpt
C{NoAtAll}error discard
R$*			$: < $1 > $| $>checkrcpt $1
R< $* > $| $# $={NoAtAll} $*	$# $2 $3
R< $* > $| $#$*		$@ $>Delay_TLS_Clt $2		a yes without further checks
R< $* > $| $*		$: $1
ifdef(`_SPAM_FH_', `R$*			$: <?> $>FullAddr $>PlainAddr $1
R<?> $*			$: < $1 > $| $>SpamWish $1
ifdef(`_SPAM_FRIEND_', `# a friend of all mail is not protected
R< $* > $| FRIEND	$@ $>"Delay_TLS_Clt2" SPAMFRIEND
R< $* > $| $*		$: $1
')dnl
ifdef(`_SPAM_HATER_', `# only who hates unwanted mail is protected
R< $* > $| HATER	$: $1
R< $* > $| $*		$@ $>"Delay_TLS_Clt2" NOSPAMHATER
')dnl
')dnl
R$*			$: < $1 > $| $>checkmail ifdef(`_FFR_MAIL_MACRO', `$&{mail_from}', `< $&f >')
R< $* > $| $#$*		$#$2
R< $* > $| $*		$: < $1 > $| $>checkrelay $&{client_name} $| $&{client_addr}
R< $* > $| $#$*		$#$2
R< $* > $| $*		$: $1
ifdef(`_SPAM_FH_', `#
#  SpamWish - does the access table know whether this recipient wants all mail?
#     in   user < @ host >      out  FRIEND, HATER or something else
#
SSpamWish
R$+ < @ $=w >		$: $>SearchList <! Spam> $| < F : $1@$2 > < D : $2 > < U : $1@ > < >
R$+ < @ $* >		$: $>SearchList <! Spam> $| < F : $1@$2 > < D : $2 > < >
R< $* >			$@ $1
')dnl
#
#  Delay_TLS_Clt - who skips the other checks does not skip the demands for TLS
#     in   the answer of check_rcpt without its $#
#     out  that answer with its $#, or an error
#
SDelay_TLS_Clt
R$*			$: $>Delay_TLS_Clt2 $1		an error ends this ruleset
R$*			$# $1
#
#  Delay_TLS_Clt2 - the same for an answer that has no $#
#
SDelay_TLS_Clt2
R$*			$: $1 $| $>"tls_client" $&{verify} $| MAIL
R$* $| $#$*		$#$2
R$* $| $*		$: $1
