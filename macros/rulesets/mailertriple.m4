_SECTION_(`MailerToTriple: make a triple of what a table or a relay setting says')dnl
#
#  MailerToTriple
#     in   < mailer:host > address, < mailer:user@host >, < host >, < local:user >,
#          < error:text > or < >
#     out  $# mailer $@ host $: address; the address alone if nothing was said
#
SMailerToTriple=95
R< > $*			$@ $1				nothing said
R< $=w > $*		$@ $2				a detour to ourselves is none
R< local : $* > $*	$@ $>CanonLocal < $1 > $2
R< $~[ : $+ > $*	$@ $>NamedMailer $1 : $2 > $3
R< $+ > $*		$#_RELAY_ $@ $1 $: $2		a host alone
#
#  NamedMailer - a mailer that was named, with what it is told
#     in   mailer : host > address, mailer : user@host > address or error : text > address
#
SNamedMailer=80
Rerror : $+ > $*	$@ $>ErrorTriple $1
R$- : $+ @ $+ > $* < $* > $*	$# $1 $@ $3 $: $2 < @ $3 >	another recipient
R$- : $+ > $*		$# $1 $@ $2 $: $3
#
#  ErrorTriple - refuse
#     in   d.s.n:text, name:text or text
#
SErrorTriple
R$- . $- . $- : $+	$#error $@ $1.$2.$3 $: $4
R$- : $+		$#error $@ $(dequote $1 $) $: $2
R$+			$#error $: $1
#
#  CanonLocal - deliver here as the user that was named, or as the one in the address
#     in   < user > address
#
#  On the way: what the triple has as host $| local part $| user $| rest
#
SCanonLocal
R< $* > $* < @ $* > $*	$: $2 @ $3 $| $2 $| $1 $| $4
R$+ $| $+ $=O $+ $| $* $|	$@ $>Recurse $2 $3 $4		user%other@host: to be sent on
R$+ . $| $* $| $* $|	$: $1 $| $2 $| $3 $|		the dot is not part of the host
R$+ $| $* $| $+ @ $* $|	$: $1 $| $2 $| $3 $|		a host in the table makes no sense
R< $* > $*		$: $2 $| $2 $| $1 $|		no host: the name takes its place
R$* $| $* $| $| $*	$#_LOCAL_ $@ $1 $: $2		nobody was named
R$* $| $* $| $* $| $*	$#_LOCAL_ $@ $1 $: $3
