dnl  debian.m4 - Debian GNU/Linux and systems made from it
dnl
dnl  Write    OSTYPE(`debian')
dnl  Adds     the paths of Debian's packages, delivery through sensible-mda, and lists
dnl           of hosts whose lines may end in a comment

_LIBRARY_(`vocabulary/debian')

_PREFER_(`MAIL_SETTINGS_DIR', `/etc/mail/')
define(`confEBINDIR', `/usr/libexec/sendmail')
define(`confCF_VERSION', `Debian-2+deb12u2')

dnl  state
define(`STATUS_FILE', `/var/lib/sendmail/sendmail.st')
define(`confHOST_STATUS_DIRECTORY', `/var/lib/sendmail/host_status')
define(`confDEAD_LETTER_DROP', `/var/lib/sendmail/dead.letter')

dnl  lists of hosts and users: the pattern drops what follows a number sign
define(`confCW_FILE', `MAIL_SETTINGS_DIR`'local-host-names %[^\#]')
define(`confCT_FILE', `MAIL_SETTINGS_DIR`'trusted-users %[^\#]')
define(`confCR_FILE', `-o MAIL_SETTINGS_DIR`'relay-domains %[^\#]')

dnl  behaviour
define(`_FFR_MAIL_MACRO')dnl delayed checks take the sender from {mail_from}
define(`confDEF_USER_ID', `mail:mail')
define(`confME_TOO', `True')
define(`confREJECT_NUL', `true')
define(`confBIND_OPTS', `+WorkAroundBrokenAAAA')
define(`confMUST_QUOTE_CHARS', `.'')dnl the dot and the apostrophe
define(`confSMTP_LOGIN_MSG', `$j Sendmail $v/$Z; $b; (No UCE/UBE) $?{client_addr}logging access from: ${client_name}(${client_resolve})-$_$.')

dnl  programs
define(`LOCAL_MAILER_PATH', `/usr/sbin/sensible-mda')
define(`LOCAL_MAILER_ARGS', `sensible-mda $g $u $h ${client_addr}')
define(`PROCMAIL_MAILER_PATH', `/usr/bin/procmail')
define(`PROCMAIL_MAILER_ARGS', `procmail -m $h $f $u')
define(`USENET_MAILER_PATH', `/usr/bin/inews')
define(`UUCP_MAILER_ARGS', `uux - -r -z -a$g -gC $h!rmail ($u)')
MODIFY_MAILER_FLAGS(`LOCAL', `+S')
MODIFY_MAILER_FLAGS(`LOCAL', `-r')
MODIFY_MAILER_FLAGS(`LOCAL', `-m')
