#
#  check_relay - features ratecontrol and conncontrol that do not wait for the recipient
#
Scheck_relay
_LIBRARY_(`rulesets/limitcalls')dnl
