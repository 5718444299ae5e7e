#
#  TlsDemand - compare the connection with a demand
#     in   < reply : DSN > < VERIFY:bits+conditions > state, or the same with ENCR;
#          bits and conditions may be missing
#
STlsDemand=87
R< $- : $+ > < $+ > SOFTWARE	$#error $@ $2 $: $1 " TLS handshake failed."
R< $- : $+ > < $+ > PROTOCOL	$#error $@ $2 $: $1 " STARTTLS failed."
R< $- : $+ > < $+ > CONFIG	$#error $@ $2 $: $1 " STARTTLS temporarily not possible."
R< $- : $+ > < $+ > DANE_FAIL	$#error $@ $2 $: $1 " DANE check failed."
R< $+ > < $- : $- + $* > $*	$@ $>TlsVerify < $1 > < $2 > < $3 > < $4 > $5
R< $+ > < $- : $- > $*	$@ $>TlsVerify < $1 > < $2 > < $3 > < > $4
R< $+ > < VERIFY + $* > $*	$@ $>TlsVerify < $1 > < VERIFY > < > < $2 > $3
R< $+ > < VERIFY > $*	$@ $>TlsVerify < $1 > < VERIFY > < > < > $2
R$*			$@ OK				strength without a number demands nothing
#
#  TlsVerify - must the certificate be verified?
#     in   < reply : DSN > < VERIFY or ENCR > < bits > < conditions > state
#
STlsVerify=89
R< $+ > < ENCR > < $* > < $* > $*	$@ $>TlsStrength < $1 > < $2 > < $3 >
R< $+ > < VERIFY > < $* > < $* > $={TlsVerified}	$@ $>TlsStrength < $1 > < $2 > < $3 >
R< $- : $+ > < VERIFY > < $* > < $* > $*	$: < $1 > < $2 > < $4 > $5
R< $- > < $+ > < $* >		$#error $@ $2 $: $1 " authentication required"
R< $- > < $+ > < $* > FAIL	$#error $@ $2 $: $1 " authentication failed"
R< $- > < $+ > < $* > NO	$#error $@ $2 $: $1 " not authenticated"
R< $- > < $+ > < $* > NOT	$#error $@ $2 $: $1 " no authentication requested"
R< $- > < $+ > < $* > NONE	$#error $@ $2 $: $1 " other side does not support STARTTLS"
R< $- > < $+ > < $* > CLEAR	$#error $@ $2 $: $1 " STARTTLS disabled locally"
R< $- > < $+ > < $* > $+	$#error $@ $2 $: $1 " authentication failure " $3
#
#  TlsStrength - is the cipher strong enough?
#     in   < reply : DSN > < bits > < conditions >
#
STlsStrength=88
R< $+ > < $+ > < $* >	$: < $1 > < $2 > < $3 > $| $>TlsBits $&{cipher_bits} : $&{auth_ssf}
R< $+ > < $+ > < $* > $| $-	$: < $1 > < $2 > < $3 > $4 $(arith l $@ $4 $@ $2 $)
R< $- : $+ > < $+ > < $* > $- TRUE	$#error $@ $2 $: $1 " encryption too weak " $5 " less than " $3
R< $+ > < $* > < $+ > $*	$@ $>TlsCertificate < $1 > < $3 ++ >
R$*			$@ OK
#
#  TlsBits - the stronger of cipher and authentication layer
#     in   bits : bits, each may be missing
#
STlsBits=85
R:			$@ 0
R: $-			$@ $1
R$- :			$@ $1
R$- : $-		$: $1 : $2 : $(arith l $@ $1 $@ $2 $)
R$- : $- : TRUE		$@ $2
R$- : $- : $-		$@ $1
#
#  TlsCertificate - does the certificate meet the conditions?
#     in   < reply : DSN > < condition ++ condition ++ >
#
STlsCertificate=86
R< $+ > < CN ++ $* >	$: < $1 > < CN : $&{TLS_Name} ++ $2 >
R< $+ > < CN : $&{cn_subject} ++ $* >	$@ $>TlsCertificate < $1 > < $2 >
R< $+ > < CS : $&{cert_subject} ++ $* >	$@ $>TlsCertificate < $1 > < $2 >
R< $+ > < CI : $&{cert_issuer} ++ $* >	$@ $>TlsCertificate < $1 > < $2 >
R< $- : $+ > < CN : $* ++ $* >	$#error $@ $2 $: $1 " CN " $&{cn_subject} " does not match " $3
R< $- : $+ > < CS : $* ++ $* >	$#error $@ $2 $: $1 " Cert Subject " $&{cert_subject} " does not match " $3
R< $- : $+ > < CI : $* ++ $* >	$#error $@ $2 $: $1 " Cert Issuer " $&{cert_issuer} " does not match " $3
R< $+ > < CITag : $- ++ $* >	$: < $1 > < $3 > $| $(access $2:$&{cert_issuer} $: ? $)	the table knows good issuers
R< $+ > < $* > $| OK	$@ $>TlsCertificate < $1 > < $2 >
R< $- : $+ > < $* > $| ?	$#error $@ $2 $: $1 " Cert Issuer " $&{cert_issuer} " not acceptable"
R$*			$@ OK
#
#  RelayTLS - may a client relay because of its certificate?
#     out  $# RELAY, or NO
#
SRelayTLS
R$*			$: $&{verify}
R$={TlsVerified}	$: < $(access CERTIssuer:$&{cert_issuer} $: ? $) >
R<SUBJECT>		$: < $(access CERTSubject:$&{cert_subject} $: ? $) >
R<RELAY>		$#RELAY
R$*			$@ NO
