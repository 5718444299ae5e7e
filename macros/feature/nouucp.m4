dnl  nouucp.m4 - treat the exclamation mark as an ordinary character
dnl
dnl  Write    FEATURE(`nouucp', `reject')   or   FEATURE(`nouucp', `nospecial')
dnl  Arguments reject: addresses with an exclamation mark in the local part are not relayed
dnl            nospecial: they are like any other
dnl  Adds     flag _NO_UUCP_: rules for UUCP addresses are left out

define(`_NO_UUCP_', defn(`_ARG_'))
