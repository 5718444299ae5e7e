dnl  names.m4 - the names that the folders of this library offer
dnl
dnl  Adds     one list a folder, each name between two bars, so that a look-up is one
dnl           search for |name|. A name not listed here may still be a file that a
dnl           site put into the folder: loading.m4 looks before it complains.

define(`_NAMES_feature_', `|accept_unqualified_senders|accept_unresolvable_domains|access_db|allmasquerade|always_add_domain|blacklist_recipients|blocklist_recipients|conncontrol|delay_checks|domaintable|generics_entire_domain|genericstable|greet_pause|limited_masquerade|local_lmtp|local_no_masquerade|local_procmail|lookupdotdomain|loose_relay_check|mailertable|masquerade_entire_domain|masquerade_envelope|msp|no_default_msa|nocanonify|notsticky|nouucp|nullclient|preserve_local_plus_detail|preserve_luser_host|promiscuous_relay|ratecontrol|redirect|relay_entire_domain|relay_hosts_only|stickyhost|use_ct_file|use_cw_file|virtuser_entire_domain|virtusertable|')

define(`_NAMES_ostype_', `|a-ux|aix3|aix4|aix5|altos|amdahl-uts|bsd4.3|bsd4.4|bsdi|bsdi1.0|bsdi2.0|darwin|debian|dgux|domainos|dragonfly|dynix3.2|freebsd4|freebsd5|freebsd6|gnu|hpux10|hpux11|hpux9|irix4|irix5|irix6|isc4.1|linux|maxion|mklinux|mpeix|nextstep|openbsd|osf1|powerux|ptx2|qnx|riscos4.5|sco-uw-2.1|sco3.2|sinix|solaris11|solaris2|solaris2.ml|solaris2.pre5|solaris8|sunos3.5|sunos4.1|svr4|ultrix4|unicos|unicosmk|unicosmp|unixware7|unknown|uxpds|')

define(`_NAMES_domain_', `|debian-msp|debian-mta|generic|')

define(`_NAMES_mailer_', `|local|smtp|')

define(`_NAMES_hack_', `|')
