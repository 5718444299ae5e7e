_SECTION_(`relaying: mail that is neither from here nor for here')dnl
#
#  CanonAddr - an address as the rulesets that route mail know it, or an error
#
SCanonAddr
R$*			$@ $>Parse0 $>canonify $1
#
#  PlainAddr - the same without dots at the end of the host
#
SPlainAddr
R$*			$: $>CanonAddr $1
R$* < @ $* . >		$1 < @ $2 >
#
#  FullAddr - an address that has a host in any case
#     in   user < @ host > or user
#
SFullAddr
R$* < $*		$@ $1 < $2
R$+			$: $1 < @ $j >
#
#  ParseRecipient - the recipient, without hosts that we would only relay through
#     in   recipient as it was written
#     out  user < @ host >, no dot at the end of the host
#
SParseRecipient
R$*			$: $>PlainAddr $1
R$- < @ $* >		$: $(dequote $1 $) < @ $2 >
R$* $=O $* < @ $* >	$@ $>RecipientBeyond $1 $2 $3 < @ $4 >	user%other@host
#
#  RecipientBeyond - would the host in front send the mail on for us?
#
SRecipientBeyond
R$* < @ ifdef(`_RELAY_HOSTS_ONLY_', `', `$* ')$=R >	$@ $>ParseRecipient $1
ifdef(`_RELAY_ENTIRE_DOMAIN_', `R$* < @ $* $=m >	$@ $>ParseRecipient $1
')dnl
ifdef(`_ACCESS_TABLE_', `ifdef(`_RELAY_HOSTS_ONLY_', `R$* < @ $+ >		$: $1 < @ $2 > $| $>AccessKey <+ To> $2
R$* $| $*		$: < $2 > < $1 >
', `R$* < @ $+ >		$: $>D < $2 > <NO> <+ To> < $1 < @ $2 > >
')dnl
R< RELAY > < $* < @ $* > >	$@ $>ParseRecipient $1
R< $* > < $* >		$@ $2
')dnl
#
#  Rcpt_ok - may this recipient be reached through us, by anybody or by this client?
#     in   recipient
#     out  RELAY, an error, or something else
#
SRcpt_ok
ifdef(`_LOOSE_RELAY_CHECK_', `R$*			$: $>PlainAddr $1		feature loose_relay_check: as it is
', `R$*			$: $>ParseRecipient $1
')dnl
ifdef(`_BLOCKLIST_RCPT_', `R$+			$: $>RcptAccess $1		feature blocklist_recipients
')dnl
ifdef(`_PROMISCUOUS_RELAY_', `', `R$*			$: < $1 > $| $>ClientKnown
R< $* > $| $# $*	$# $2
R< $* > $| $*		$: $1
ifelse(ifdef(`_NO_UUCP_', `defn(`_NO_UUCP_')'), `r', `# feature nouucp, reject: what may be a route is for a host that nobody relays to
R$* ! $*		$: $1 ! $2 < @ BANG_PATH >
R$* < @ $* > < @ $* >	$: $1 < @ $3 >
')dnl
R$+ < @ $=w >		$@ RELAY			for us
R$+ < @ ifdef(`_RELAY_HOSTS_ONLY_', `', `$* ')$=R >	$@ RELAY
ifdef(`_RELAY_ENTIRE_DOMAIN_', `R$+ < @ $* $=m >	$@ RELAY			feature relay_entire_domain
')dnl
ifdef(`_ACCESS_TABLE_', `R$+ < @ $+ >		$: $>RcptRelay $1 < @ $2 >
')dnl
R$+ < @ $+ >		$@ $1 < @ $2 >			somewhere else
R$+			$@ RELAY			a name without a host is ours
')dnl
ifdef(`_ACCESS_TABLE_', `#
#  RcptRelay - does the access table allow relaying to this recipient?
#
SRcptRelay
ifdef(`_RELAY_HOSTS_ONLY_', `ifdef(`_RELAY_FULL_ADDR_', `R$+ < @ $+ >		$: $(access To:$1@$2 $: ? $) $| $1 < @ $2 >
', `R$+			$: ? $| $1
')dnl
R? $| $+ < @ $+ >	$: < $1 < @ $2 > > $| $>AccessKey <+ To> $2
R< $* > $| $*		$: $2 $| $1
R$* $| $*		$: < $1 > < $2 >
', `ifdef(`_RELAY_FULL_ADDR_', `R$+ < @ $+ >		$: < $1 < @ $2 > > $| $>SearchList <+ To> $| < F : $1@$2 > < D : $2 > < F : $1@ > < >
R< $* > $| $*		$: $2 < $1 >
', `R$+ < @ $+ >		$: $>D < $2 > <?> <+ To> < $1 < @ $2 > >
')')dnl
R< RELAY > $*		$@ RELAY
R< $* <TMPF> > $*	$#TEMP $@ 4.3.0 $: "451 Temporary system failure. Please try again later."
R< $* > < $* >		$@ $2
')dnl
ifdef(`_BLOCKLIST_RCPT_', `#
#  RcptAccess - feature blocklist_recipients: does the access table refuse this recipient?
#     out  the recipient, or an error
#
SRcptAccess
R$+ < @ $=w >		$@ $>RcptListed < $1 < @ $2 > > $| $>SearchList <+ To> $| < F : $1@$2 > < U : $1@ > < D : $2 > < >
R$+ < @ $* >		$@ $>RcptListed < $1 < @ $2 > > $| $>SearchList <+ To> $| < F : $1@$2 > < D : $2 > < >
R$+			$@ $>RcptListed < $1 > $| $>SearchList <+ To> $| < U : $1@ > < >
SRcptListed
R< $* > $| <?>		$@ $1
R< $* > $| < $={Accept} >	$@ $1
ifdef(`_DELAY_COMPAT_8_10_', `C{SpamTag}SPAMFRIEND SPAMHATER
R< $* > $| < $={SpamTag} >	$@ $1			words that older tables have for SpamWish
')dnl
ifdef(`_ACCESS_SKIP_', `R< $* > $| < SKIP >	$@ $1				word skip: as if it were not listed
')dnl
R< $* > $| < REJECT >	$#error $@ 5.2.1 $: ifdef(`confRCPTREJ_MSG', `confRCPTREJ_MSG', `"550 Mailbox disabled for this recipient"')
R< $* > $| < $+ >	$@ $>AccessVerdict < $2 >
')dnl
ifdef(`_PROMISCUOUS_RELAY_', `', `#
#  ClientKnown - may the client relay to anybody because of what it has shown of itself?
#     out  $# RELAY, an error, or something else
#
SClientKnown
R$*			$: $>RelayTLS			a certificate
R$*			$: $>"Local_Relay_Auth" $&{auth_type}	rules of this site
RNO			$@ NO
R$*			$: $&{auth_type}
R$={TrustAuthMech}	$# RELAY			a password, or the like
')dnl
#
#  Relay_ok - may this client send mail to anybody?
#     out  RELAY, an error, or something else
#
SRelay_ok
R$*			$: $&{client_addr}
R$@			$@ RELAY			no client: a local program
R$={Loop}		$@ RELAY
R$=R $*			$@ RELAY			a net of class R
ifdef(`_ACCESS_TABLE_', `R$+			$: $>SearchList <+ Connect> $| < A : $1 > < >
R<RELAY>		$@ RELAY
R< $* <TMPF> >		$#TEMP $@ 4.3.0 $: "451 Temporary system failure. Please try again later."
')dnl
R$*			$: [ $&{client_addr} ]
R$=w			$@ RELAY			one of our own addresses
R$*			$@ $>ClientName < $&{client_resolve} > $&{client_name}
#
#  ClientName - may a client of this name send mail to anybody?
#     in   < how its name was found > name
#
C{Loop}0 127.0.0.1 IPv6:0:0:0:0:0:0:0:1 IPv6:::1
SClientName
R<TEMP> $*		$#TEMP $@ 4.4.0 $: "450 Relaying temporarily denied. Cannot resolve PTR record for " $&{client_addr}
R<FORGED> $*		$#error $@ 5.7.1 $: "550 Relaying denied. IP name possibly forged " $&{client_name}
R<FAIL> $*		$#error $@ 5.7.1 $: "550 Relaying denied. IP name lookup failed " $&{client_name}
R< $* > $* $=P		$: <> $2 $3
R< $+ > $+		$: <> $[ $2 $]			its canonical name
R<> $* .		<> $1
R< $* > $*		$: $2
ifdef(`_RELAY_ENTIRE_DOMAIN_', `R$* $=m			$@ RELAY			feature relay_entire_domain
')dnl
R$=w			$@ RELAY
R`'ifdef(`_RELAY_HOSTS_ONLY_', `', `$* ')$=R			$@ RELAY
ifdef(`_ACCESS_TABLE_', `ifdef(`_RELAY_HOSTS_ONLY_', `R$+			$: < $1 > $| $>AccessKey <+ Connect> $1
R< $* > $| $*		$: < $2 > < $1 >
', `R$+			$: $>D < $1 > <?> <+ Connect> < $1 >
')dnl
R< RELAY > $*		$@ RELAY
R< $* <TMPF> > $*	$#TEMP $@ 4.3.0 $: "451 Temporary system failure. Please try again later."
R< $* > < $* >		$: $2
')dnl
R$*			$@ NO			whatever the client is called, RELAY included
