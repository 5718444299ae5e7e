dnl  blacklist_recipients.m4 - the old name of blocklist_recipients
dnl
dnl  Write    FEATURE(`blacklist_recipients')
dnl  Adds     what feature blocklist_recipients adds

_CAUTION_(`FEATURE(blacklist_recipients) is now called blocklist_recipients')
FEATURE(`blocklist_recipients')
