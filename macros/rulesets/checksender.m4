_SECTION_(`check_mail: may this be a sender?')dnl
#
#  _CHECK_MAIL_ - sendmail asks for each MAIL command
#     in   the sender as the client wrote it
#     out  an error, or anything else: go on
#
ifdef(`_ACCEPT_UNRESOLVABLE_DOMAINS_', `', `Kresolve host -a<OKR> -T<TEMP>
')dnl
C{ResOk}OKR
ifdef(`_ACCEPT_UNQUALIFIED_SENDERS_', `', `C{Loopback}localhost localhost.$m`'ifdef(`_NO_UUCP_', `', ` localhost.UUCP') [127.0.0.1] [IPv6:0:0:0:0:0:0:0:1] [IPv6:::1]
')dnl
SLocal_check_mail
S`'_CHECK_MAIL_
R$*			$: < $1 > $| $>"Local_check_mail" $1	rules of this site
R< $* > $| $#$*		$#$2
R< $* > $| $*		$@ $>"Basic_check_mail" $1
#
#  Basic_check_mail - the same, without the rules of this site
#
SBasic_check_mail
_LIBRARY_(`rulesets/deferred')dnl
R$*			$: $1 $| $>"tls_client" $&{verify} $| MAIL	is TLS demanded of the client?
R$* $| $#$*		$#$2
R$* $| $*		$: $1
R<>			$@ <OK>				bounces must be accepted (RFC 5321)
ifdef(`_ACCEPT_UNQUALIFIED_SENDERS_', `R$+			$: <?> $>PlainAddr $1
', `R< $+ >			$: $1
R$+			$: $>SenderHere $&{daemon_flags} $| $1
R$+			$: <?> $>PlainAddr < $1 >
')dnl
R<?> $+			$: $>SenderHost <?> $1
ifdef(`_ACCESS_TABLE_', `R< $+ > $+ < @ $* >	$: $>SenderListed < $1 > < $2 < @ $3 > > $| $>SearchList <+ From> $| < F : $2@$3 > < U : $2@ > < D : $3 > < >
R<?> $+			$: $>SenderListed <?> < $1 > $| $>SearchList <+ From> $| < U : $1@ > < >
')dnl
R<?> $+			$: $>SenderBare $&{daemon_flags} $| $1
R<OKR>			$@ <OKR>			a local program
R< $={ResOk} > $*	$@ @ $2				the host exists
ifdef(`_ACCESS_TABLE_', `R< $={Accept} > $*	$# $1				the table knows the sender as good
')dnl
R<TEMP> $*		$#error $@ 4.1.8 $: "451 Domain of sender address " $&f " does not resolve"
R<PERM> $*		$#error $@ 5.1.8 $: "553 Domain of sender address " $&f " does not exist"
ifdef(`_ACCESS_TABLE_', `R< $* <TMPF> > $*	$@ $>AccessVerdict < <TMPF> >
R< $+ > $*		$@ $>AccessVerdict < $1 >
')dnl
ifdef(`_ACCEPT_UNQUALIFIED_SENDERS_', `', `#
#  SenderHere - who says user@localhost must be here
#     in   flags of the daemon $| address
#     out  address, or an error
#
SSenderHere
R$* f $* $| $* @ $-	$: < $&{client_name} > $3 @ $4	flag f: a host without a dot, too
R$* u $* $| $*		$@ $3				flag u: not asked
R$* $| $* @ $={Loopback}	$: < $&{client_name} > $2 @ $3
R$* $| $*		$@ $2
R< > $*			$@ $1				no client at all
R< $=w > $*		$@ $2				the client is this host
R< $+ > $*		$#error $@ 5.5.4 $: "553 Real domain name required for sender address"
')dnl
#
#  SenderHost - does the host of the sender exist?
#     in   <?> user < @ host >
#     out  <OKR>, <TEMP> or <PERM> and the address; <?> if there is no host
#
SSenderHost
R<?> $* < @ $* $=P >	$@ <OKR> $1 < @ $2 $3 >		an ending that is never looked up
R<?> $* < @ $j >	$@ <OKR> $1 < @ $j >
ifdef(`_ACCEPT_UNRESOLVABLE_DOMAINS_', `R<?> $* < @ $+ >	$@ <OKR> $1 < @ $2 >		feature accept_unresolvable_domains
', `R<?> $* < @ $+ >	$: $1 < @ $2 > $| $(resolve $2 $: <PERM> $)
R$* $| $* < $- >	$@ < $3 > $1
')dnl
ifdef(`_ACCESS_TABLE_', `#
#  SenderListed - what does the access table say of the sender?
#     in   < mark > < address > $| < value of the table >
#     out  < value, or the mark if there is none > address
#
SSenderListed
R< $+ > < $+ > $| <?>	$@ < $1 > $2
R< $+ > < $+ > $| < $+ >	$@ < $3 > $2
')dnl
#
#  SenderBare - a sender without a host
#     in   flags of the daemon $| user      out  < mark > user, or an error
#
SSenderBare
ifdef(`_ACCEPT_UNQUALIFIED_SENDERS_', `R$* $| $*		$@ <OKR> $2			feature accept_unqualified_senders
', `R$* u $* $| $*		$@ <OKR> $3			flag u: accepted
R$* $| $*		$: < $&{client_addr} > $2
R< > $*			$@ <OKR>			no client at all
R< $+ > $*		$#error $@ 5.5.4 $: "553 Domain name required for sender address " $&f
')dnl
