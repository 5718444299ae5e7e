dnl  _SET_TO_(name) - what follows the name of an option: nothing if the value is empty
define(`_SET_TO_', `ifelse(defn(`$1'), `', `', `=$1')')dnl
ifdef(`NO_VENDOR', `V`'CF_LEVEL', `V`'CF_LEVEL/ifdef(`VENDOR_NAME', `VENDOR_NAME', `Berkeley')')
_SECTION_(`names, classes and maps of this host')dnl
ifdef(`confDONT_BLAME_SENDMAIL', `#  what sendmail shall not complain about; must come before the first file is read
O DontBlameSendmail`'_SET_TO_(`confDONT_BLAME_SENDMAIL')
')dnl
ifdef(`confLDAP_DEFAULT_SPEC', `O LDAPDefaultSpec`'_SET_TO_(`confLDAP_DEFAULT_SPEC')
')dnl
ifdef(`confLDAP_CLUSTER', `D{sendmailMTACluster}`'confLDAP_CLUSTER
')dnl
#  w: the names of this host
Cwlocalhost
ifdef(`USE_CW_FILE', `Fw`'confCW_FILE
')dnl
ifdef(`confDOMAIN_NAME', `Dj`'confDOMAIN_NAME
')dnl
#  P: endings of host names that are never looked up; the dot stands for a name that is final
CP.
dnl  _GATEWAY_(macro for m4, letter of the cf macro, ending)
define(`_GATEWAY_', `ifdef(`$1', `D$2`'$1
CP$3
')')dnl
_GATEWAY_(`UUCP_RELAY', `Y', `UUCP')dnl
_GATEWAY_(`BITNET_RELAY', `B', `BITNET')dnl
_GATEWAY_(`DECNET_RELAY', `C', `DECNET')dnl
ifdef(`DECNET_RELAY', `define(`_USE_DECNET_SYNTAX_', 1)')dnl
_GATEWAY_(`FAX_RELAY', `F', `FAX')dnl
#  S: where mail goes that this host does not deliver itself; empty: straight to its host
DS`'ifdef(`SMART_HOST', `SMART_HOST')
ifdef(`LOCAL_RELAY', `#  R: where names without a host go
DR`'LOCAL_RELAY
')dnl
ifdef(`MAIL_HUB', `#  H: where mail for users of this host goes
DH`'MAIL_HUB
')dnl
ifdef(`LUSER_RELAY', `#  L: where mail for users goes that this host does not know
DL`'LUSER_RELAY
Kuser user -m -a<>
')dnl
#  O: characters with which a local part asks to be sent on
CO @ %ifdef(`_NO_UUCP_', `', ` !')
#  the class [ holds the bracket that begins an address literal
C[[
ifdef(`confCR_FILE', `#  R: domains and nets for which this host relays
FR`'confCR_FILE
')dnl
#  dequote takes the quotes off a name, arith computes
Kdequote dequote`'ifdef(`confDEQUOTE_OPTS', ` confDEQUOTE_OPTS')
Karith arith
ifdef(`_ACCESS_TABLE_', `Kmacro macro
', `ifdef(`_NEED_MACRO_MAP_', `Kmacro macro
')')dnl
_SECTION_(`classes, macros and maps of features and of this site')dnl
_PLACED_(`configuration')dnl
ifdef(`_VIRTHOSTS_', `#  virtual domains are ours: mail to them is accepted
CR$={VirtHost}
')dnl
ifdef(`MASQUERADE_NAME', `#  M: the name shown in place of ours
DM`'MASQUERADE_NAME
')dnl
#  n: sender of mail that this program writes itself; Z: the release whose rules these are
ifdef(`confMAILER_NAME', `Dn`'confMAILER_NAME
')dnl
DZ8.17.1.9`'ifdef(`confCF_VERSION', `/confCF_VERSION')
