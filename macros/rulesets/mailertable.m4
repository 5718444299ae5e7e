#
#  RouteByTable - feature mailertable: does the table name a mailer for the host?
#     in   user < @ host . > rest
#     out  a triple, or the input
#
SRouteByTable=90
R$* < @ $+ > $*		$: $2 $| $1 < @ $2 > $3
R$+ . $| $+		$: $1 $| $2			keys have no dot at their end
R$+ $| $+		$@ $>TableSearch $| $| $1 $| $2
#
#  TableSearch - look up a key, then the domains above it, then the key that is a dot
#     in   labels before the key $| the last of them $| key $| address
#     out  a triple, or the address
#
#  The first key is the host, all others begin with a dot. For the values of the table %1
#  is all that stands before the key, %2 the last label of it. A value that names no mailer
#  takes the place of its key.
#
STableSearch
R$* $| $* $| $+ $| $+	$: $1 $| $(mailertable $3 $@ $1 $@ $2 $) $| $4
R$* $| $~[ : $* $| $+	$@ $>MailerToTriple < $2 : $3 > $4
R$| $- . $+ $| $+	$@ $>TableSearch $1 $| $1 $| .$2 $| $3	from the host to the domain
R$* $| . $- . $+ $| $+	$@ $>TableSearch $1.$2 $| $2 $| .$3 $| $4	and to the one above
R$* $| $* $| $+		$: $(mailertable . $@ $1$2 $: $) $| $3
R$~[ : $* $| $+		$@ $>MailerToTriple < $1 : $2 > $3
R$* $| $+		$@ $2				not in the table
