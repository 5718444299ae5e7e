dnl  debian-mta.m4 - Debian's way to run the daemon
dnl
dnl  Write    DOMAIN(`debian-mta')     after OSTYPE(`debian')
dnl  Adds     run-time files below /var/run/sendmail/mta, a queue and files for group
dnl           smmta, short patience with clients, a few files allowed to be group-writable

_LIBRARY_(`vocabulary/debian')
define(`DEBIAN_MTA')

dnl  run-time files and the user who owns them
define(`STATUS_FILE', `/var/lib/sendmail/sendmail.st')
define(`confHOST_STATUS_DIRECTORY', `/var/lib/sendmail/host_status')
define(`confPID_FILE', `/var/run/sendmail/mta/sendmail.pid')
define(`confCONTROL_SOCKET_NAME', `/var/run/sendmail/mta/smcontrol')
define(`confPROCESS_TITLE_PREFIX', `MTA')
_PREFER_(`confTRUSTED_USER', `smmta')
define(`confQUEUE_FILE_MODE', `0640')
define(`confTEMP_FILE_MODE', `0640')
define(`confSAFE_FILE_ENV', `/')
define(`confSAFE_QUEUE', `True')
define(`confDONT_BLAME_SENDMAIL', ifdef(`confDONT_BLAME_SENDMAIL', `defn(`confDONT_BLAME_SENDMAIL')')`,AssumeSafeChown,ForwardFileInGroupWritableDirPath,GroupWritableForwardFileSafe,GroupWritableIncludeFileSafe,IncludeFileInGroupWritableDirPath,DontWarnForwardFileInUnsafeDirPath,TrustStickyBit,NonRootSafeAddr,GroupWritableIncludeFile,GroupReadableDefaultAuthInfoFile')

dnl  limits and patience
define(`confMAX_DAEMON_CHILDREN', `0')
define(`confMAX_HOP', `100')
define(`confMAX_RUNNERS_PER_QUEUE', `5')
define(`confTO_ICONNECT', `2m')
define(`confTO_COMMAND', `5m')
define(`confTO_MAIL', `2m')
define(`confTO_DATAINIT', `2m')
define(`confTO_RSET', `1m')
define(`confTO_QUIT', `2m')
define(`confTO_IDENT', `5s')

dnl  what others may learn
define(`confPRIVACY_FLAGS', `    restrictqrun,restrictexpand')
define(`confRRT_IMPLIES_DSN', `False')
