dnl  delay_checks.m4 - ask about client and sender only when the recipient is known
dnl
dnl  Write    FEATURE(`delay_checks')   or   FEATURE(`delay_checks', `friend')   or   `hater'
dnl  Arguments friend: Spam:user FRIEND in the access table exempts a recipient
dnl            hater: only recipients with Spam:user HATER are protected
dnl  Adds     check_relay and check_mail under the names checkrelay and checkmail, which check_rcpt calls

define(`_DELAY_CHECKS_', 1)
ifelse(
	defn(`_ARG_'), `', `',
	lower(substr(defn(`_ARG_'), 0, 1)), `f', `define(`_SPAM_FH_', 1)define(`_SPAM_FRIEND_', 1)',
	lower(substr(defn(`_ARG_'), 0, 1)), `h', `define(`_SPAM_FH_', 1)define(`_SPAM_HATER_', 1)',
	`_CAUTION_(`FEATURE(delay_checks): the argument is friend or hater')')
ifelse(len(_ARG2_), 0, `define(`_DELAY_COMPAT_8_10_', 1)')
