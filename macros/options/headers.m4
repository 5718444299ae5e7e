dnl  headers.m4 - priorities, trusted users, queue groups, filters, and headers that are added
_PREFER_(`confFROM_HEADER', `$?x$x <$g>$|$g$.')dnl
_PREFER_(`confMESSAGEID_HEADER', `<$t.$i@$j>')dnl
ifdef(`_QUEUE_GROUP_LINES_', `_SECTION_(`queue groups')_QUEUE_GROUP_LINES_()')dnl
_SECTION_(`priorities of messages by their Precedence header')dnl
Pfirst-class=0
Pspecial-delivery=100
Plist=-30
Pbulk=-60
Pjunk=-100
_SECTION_(`users who may set the sender address')dnl
ifdef(`_USE_CT_FILE_', `Ft`'ifdef(`confCT_FILE', `confCT_FILE', `MAIL_SETTINGS_DIR`'trusted-users')
')dnl
Troot
Tdaemon
ifdef(`_NO_UUCP_', `', `Tuucp
')dnl
ifdef(`confTRUSTED_USERS', `T`'confTRUSTED_USERS
')dnl
_SECTION_(`headers that are added when missing')dnl
H?P?Return-Path: <$g>
HReceived: confRECEIVED_HEADER
H?D?Resent-Date: $a
H?D?Date: $a
H?F?Resent-From: confFROM_HEADER
H?F?From: confFROM_HEADER
H?x?Full-Name: $x
H?M?Resent-Message-Id: confMESSAGEID_HEADER
H?M?Message-Id: confMESSAGEID_HEADER
ifdef(`_FILTER_LINES_', `_SECTION_(`mail filters')_FILTER_LINES_()')dnl
