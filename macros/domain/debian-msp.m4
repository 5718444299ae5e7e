dnl  debian-msp.m4 - Debian's way to run the program that submits mail
dnl
dnl  Write    DOMAIN(`debian-msp')     after OSTYPE(`debian'), before FEATURE(`msp')
dnl  Adds     a queue and run-time files of user smmsp, and no listening on port 587

_LIBRARY_(`vocabulary/debian')
define(`DEBIAN_MSP')
define(`confCF_VERSION', `Submit')
FEATURE(`no_default_msa')

dnl  run-time files and the user who owns them
define(`MSP_QUEUE_DIR', `/var/spool/mqueue-client')
define(`STATUS_FILE', `/var/lib/sendmail/sm-client.st')
define(`confHOST_STATUS_DIRECTORY', `')
define(`confPID_FILE', `/var/run/sendmail/msp/sendmail.pid')
define(`confCONTROL_SOCKET_NAME', `/var/run/sendmail/msp/smcontrol')
define(`confPROCESS_TITLE_PREFIX', `MSP')
define(`confRUN_AS_USER', `smmsp')
define(`confTRUSTED_USER', `smmsp')
define(`confQUEUE_FILE_MODE', `0660')
define(`confTEMP_FILE_MODE', `0640')
define(`confSAFE_FILE_ENV', `/')
define(`confSAFE_QUEUE', `True')

dnl  patience
define(`confTO_ICONNECT', `2s')
define(`confTO_COMMAND', `5m')
define(`confTO_MAIL', `2m')
define(`confTO_DATAINIT', `2m')
define(`confTO_RSET', `1m')
define(`confTO_QUIT', `2m')
define(`confTO_IDENT', `5s')
define(`confTO_HOSTSTATUS', `0')
define(`confRRT_IMPLIES_DSN', `False')
