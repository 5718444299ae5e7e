#
#  RouteByTable - feature mailertable: does the table name a mailer for the host?
#     in   user < @ host . > rest
#     out  a triple, or the input
#
SRouteByTable=90
R$* < @ $+ > $*		$: < $2 > $1 < @ $2 > $3
R< $+ . > $*		$: < $1 > $2			keys have no dot at their end
R< $+ > $*		$: < $(mailertable $1 $: $) > < $1 > $2
R< $~[ : $* > < $+ > $*	$@ $>MailerToTriple < $1 : $2 > $4
R< > < $+ > $*		$@ $>TableSearch < > < $1 > $2
R< $+ > < $+ > $*	$@ $>TableSearch < > < $1 > $3	no mailer: another domain to look for
#
#  TableSearch - try the domains above the host, then the key that is a dot
#     in   < what was cut off > < rest of the host > address
#
#  %1 is all that was cut off, %2 the last label of it.
#
STableSearch
R< $* > < $- . $+ > $*	$: < $1$2 > < $(mailertable .$3 $@ $1$2 $@ $2 $) > $4
R< $* > < $~[ : $* > $*	$@ $>MailerToTriple < $2 : $3 > $4
R< $* > < . $+ > $*	$@ $>TableSearch < $1. > < $2 > $3	the domain above, or another one
R< $* > < $* > $*	$: < $(mailertable . $@ $1$2 $: $) > $3
R< $~[ : $* > $*	$@ $>MailerToTriple < $1 : $2 > $3
R< $* > $*		$@ $2				not in the table
