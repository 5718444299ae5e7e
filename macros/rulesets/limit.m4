#
#  _LIMIT_NAME_ - is the client below its limit in the access table?
#
S`'_LIMIT_NAME_
R$*			$: $>SearchList <! _LIMIT_TAG_> $| < A : $&{client_addr} > < E : > < >
R<?>			$@ OK				not in the table
R<0>			$@ OK
R< $* <TMPF> >		$#error $@ 4.3.0 $: "451 Temporary system failure. Please try again later."
R< $- >			$: $(arith l $@ $1 $@ $&{_LIMIT_COUNT_} $)
RTRUE			$#error $@ 4.3.2 $: _LIMIT_REPLY_
R$*			$@ OK
