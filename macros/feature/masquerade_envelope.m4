dnl  masquerade_envelope.m4 - masquerade envelope senders like those of headers
dnl
dnl  Write    FEATURE(`masquerade_envelope')
dnl  Adds     flag _MASQUERADE_ENVELOPE_, read by rulesets/masquerade.m4

define(`_MASQUERADE_ENVELOPE_', 1)
