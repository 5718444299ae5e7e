_SECTION_(`feature access_db: how the table is searched')dnl
#
#  A search is  < key > < default > < how tag > < passed through >
#  and its answer  < value or default > < passed through >.
#  how is + (with the tag, then without) or ! (only with the tag).
#
#  AccessKey - one key
#     in   < how tag > key      out  the value, or ?
#
SAccessKey=61
R< $- $- > $*		$: < $(access $2:$3 $: ? $) > < $1 > $3
R<?> < + > $*		$: < $(access $1 $: ? $) >
R< $* <TMPF> > $*	$@ <TMPF>			cannot say now
R< $* > $*		$@ $1
#
#  AccessAnswer - from what AccessKey said of the last key to the answer of the search
#     in   the search $| value
#
SAccessAnswer=60
R< $* > < $+ > < $- $- > < $* > $| ?	$@ < $2 > < $5 >
R< $* > < $+ > < $- $- > < $* > $| $*	$@ < $6 > < $5 >
#
#  D - a host, then the domains above it
#
SD
R< $* > < $+ > < $- $- > < $* >	$: < $1 > < $2 > < $3 $4 > < $5 > $| $>AccessKey < $3 $4 > $1
ifdef(`_LOOKUPDOTDOMAIN_', `R< $+ . $+ > < $+ > < $- $- > < $* > $| ?	$: < $1 . $2 > < $3 > < $4 $5 > < $6 > $| $>AccessKey < $4 $5 > .$2
')dnl
ifdef(`_ACCESS_SKIP_', `R< $* > < $+ > < $- $- > < $* > $| SKIP	$@ < $2 > < $5 >	word skip: search no further
')dnl
R< $+ > < $+ > < $- $- > < $* > $| ?	$: < $1 > < $2 > < $3 $4 > < $5 > $| ? $>DomainAbove $1
R< $* > < $+ > < $- $- > < $* > $| ? $+	$@ $>D < $6 > < $2 > < $3 $4 > < $5 >
R$+			$@ $>AccessAnswer $1
#
#  A - an address of a client, then the nets around it
#
SA
R< $* > < $+ > < $- $- > < $* >	$: < $1 > < $2 > < $3 $4 > < $5 > $| $>AccessKey < $3 $4 > $1
ifdef(`_ACCESS_SKIP_', `R< $* > < $+ > < $- $- > < $* > $| SKIP	$@ < $2 > < $5 >	word skip: search no further
')dnl
R< $+ > < $+ > < $- $- > < $* > $| ?	$: < $1 > < $2 > < $3 $4 > < $5 > $| ? $>NetAround $1
R< $* > < $+ > < $- $- > < $* > $| ? $+	$@ $>A < $6 > < $2 > < $3 $4 > < $5 >
R$+			$@ $>AccessAnswer $1
#
#  NetAround - the next greater net around an address
#  DomainAbove - the domain above a host, or the net around [address]
#     out  the next key, or nothing
#
SNetAround=73
ifdef(`NO_NETINET6', `', `R$+ :: $-		$@ $1
R$+ : $-		$@ $1
')dnl
R$+ . $-		$@ $1
R$*			$@
SDomainAbove=72
R[ $+ ]			$: [ $>NetAround $1
R[			$@
R[ $+			$@ [ $1 ]
R$+ . $+		$@ $2
R$*			$@
#
#  F - user@host; user+detail is also looked for as user+* and as user
#  U - user@, with details as well
#
SF
R< $* > < $+ > < $- $- > < $* >	$: < $1 > < $2 > < $3 $4 > < $5 > $| $>AccessKey < $3 $4 > $1
R< $+ + $* @ $+ > < $+ > < $- $- > < $* > $| ?	$: < $1 + $2 @ $3 > < $4 > < $5 $6 > < $7 > $| $>AccessKey < $5 $6 > $1+*@$3
R< $+ + $* @ $+ > < $+ > < $- $- > < $* > $| ?	$: < $1 + $2 @ $3 > < $4 > < $5 $6 > < $7 > $| $>AccessKey < $5 $6 > $1@$3
R$+			$@ $>AccessAnswer $1
SU
R< $* > < $+ > < $- $- > < $* >	$: < $1 > < $2 > < $3 $4 > < $5 > $| $>AccessKey < $3 $4 > $1
R< $+ + $* @ > < $+ > < $- $- > < $* > $| ?	$: < $1 + $2 @ > < $3 > < $4 $5 > < $6 > $| $>AccessKey < $4 $5 > $1+*@
R< $+ + $* @ > < $+ > < $- $- > < $* > $| ?	$: < $1 + $2 @ > < $3 > < $4 $5 > < $6 > $| $>AccessKey < $4 $5 > $1@
R$+			$@ $>AccessAnswer $1
#
#  SearchList - several searches, until one finds something
#     in   < how tag > $| < kind : key > < kind : key > ... < >
#     out  < value >, or <?>
#
#  Kinds: F user@host, U user@, E exact key, D host, A address
#
SSearchList
R< $+ > $| < F : $+ > < $* >	$@ $>SearchNext < $1 > $| < $3 > $| $>F < $2 > <?> < $1 > < >
R< $+ > $| < U : $+ > < $* >	$@ $>SearchNext < $1 > $| < $3 > $| $>U < $2 > <?> < $1 > < >
R< $+ > $| < E : $* > $*	$@ $>SearchNext < $1 > $| $3 $| $>F < $2 > <?> < $1 > < >
R< $+ > $| < D : > $*	$@ $>SearchList < $1 > $| $2	no name known
R< $+ > $| < D : $+ > $*	$@ $>SearchNext < $1 > $| $3 $| $>D < $2 > <?> < $1 > < >
R< $+ > $| < A : > $*	$@ $>SearchList < $1 > $| $2
R< $+ > $| < A : $+ > $*	$@ $>SearchNext < $1 > $| $3 $| $>A < $2 > <?> < $1 > < >
R$*			$@ <?>				the list has ended
#
#  SearchNext - was that it?
#     in   < how tag > $| rest of the list $| < value > < >
#
SSearchNext=99
R< $+ > $| $+ $| <?> < >	$@ $>SearchList < $1 > $| $2
R< $+ > $| $* $| < $* > < >	$@ < $3 >
#
#  AccessVerdict - what a value means when mail is to be accepted or refused
#     in   < value > rest      out  an error or another mailer
#
SAccessVerdict=62
R< $* <TMPF> > $*	$#error $@ 4.3.0 $: "451 Temporary system failure. Please try again later."
R< $+ > $*		$: $1
RREJECT			$#error ifdef(`confREJECT_MSG', `$: confREJECT_MSG', `$@ 5.7.1 $: "550 Access denied"')
RDISCARD		$#discard $: discard
RQUARANTINE : $+	$#error $@ quarantine $: $1
RERROR : $- . $- . $- : $+	$#error $@ $1.$2.$3 $: $4
RERROR : $+		$: $1				the word may be missing
R$+			$#error $: $1			before the text of the reply
