dnl  nouucp.m4 - treat the exclamation mark as an ordinary character
dnl
dnl  Write    FEATURE(`nouucp', `reject')   or   FEATURE(`nouucp', `nospecial')
dnl  Arguments reject: addresses with an exclamation mark in the local part are not relayed
dnl            nospecial: they are like any other
dnl  Adds     flag _NO_UUCP_: rules for UUCP addresses are left out

ifelse(
	substr(defn(`_ARG_'), 0, 1), `r', `define(`_NO_UUCP_', `r')',
	substr(defn(`_ARG_'), 0, 1), `n', `define(`_NO_UUCP_', `n')',
	defn(`_ARG_'), `', `define(`_NO_UUCP_', `e')_CAUTION_(`FEATURE(nouucp): say reject or nospecial')',
	`_CAUTION_(`FEATURE(nouucp): the argument is reject or nospecial')')
