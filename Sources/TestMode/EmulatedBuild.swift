// EmulatedBuild.swift: which sendmail is emulated.
//
// Test mode answers as one particular build does, Debian 12's. `$v`, the help and
// -d0 name it.

enum EmulatedBuild {
  static let version = Array("8.17.1.9".utf8)

  /// What -d0.1 says the build was compiled with.
  static let description = """
     Compiled with: DNSMAP IPV6_FULL LDAPMAP LDAP_NETWORK_TIMEOUT
    \t\tLDAP_REFERRALS LOG MAP_REGEX MATCHGECOS MAXDAEMONS=64 MILTER
    \t\tMIME7TO8 MIME8TO7 NAMED_BIND NETINET NETINET6 NETUNIX NEWDB=5.3
    \t\tNIS NISPLUS PIPELINING SASLv2 SCANF SOCKETMAP STARTTLS
    \t\tTCPWRAPPERS TLS_EC TLS_VRFY_PER_CTX USERDB USE_LDAP_INIT XDEBUG

    """
}
