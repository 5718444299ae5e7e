dnl  unicosmk.m4 - Cray Unicos/mk
dnl
dnl  Write    OSTYPE(`unicosmk')
dnl  Adds     paths and mailer settings of that system

define(`ALIAS_FILE', `/usr/lib/aliases')
define(`HELP_FILE', `/usr/lib/sendmail.hf')
define(`QUEUE_DIR', `/usr/spool/mqueue')
define(`STATUS_FILE', `/usr/lib/sendmail.st')
define(`LOCAL_SHELL_FLAGS', `lsDFMpxehuo')
define(`confPID_FILE', `/etc/sendmail.pid')
MODIFY_MAILER_FLAGS(`SMTP', `+anpeLC')
