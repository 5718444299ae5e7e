// SettingNames.swift: what a site defines for the library, beside names that begin with conf.
//
// m4 takes any name, and sites define some of their own. So a name that the library does
// not know is a mistake only if it is a slip away from one that it knows, and if nothing
// in the site file uses it: then it has no effect at all.

import Diagnostics

enum SettingNames {
  /// The setting that was meant by a name in capitals, if it is one mistyped.
  static func meant(by name: String) -> String? {
    guard name.count > 5, name == name.uppercased(), !name.hasPrefix("_"), !known.contains(name) else { return nil }
    return nearestName(to: name, among: known.sorted(), within: max(1, name.utf8.count / 8))
  }

  private static let known: Set<String> = Set(
    [
      "SMART_HOST", "MAIL_HUB", "LOCAL_RELAY", "LUSER_RELAY", "UUCP_RELAY", "BITNET_RELAY", "DECNET_RELAY",
      "FAX_RELAY", "MASQUERADE_NAME", "MAIL_SETTINGS_DIR", "ALIAS_FILE", "HELP_FILE", "QUEUE_DIR", "MSP_QUEUE_DIR",
      "STATUS_FILE", "DATABASE_MAP_TYPE", "USE_CW_FILE", "VENDOR_NAME", "NO_VENDOR", "CF_LEVEL", "TLS_PERM_ERR",
      "NO_NETINET6", "DNSBL_MAP", "DNSBL_MAP_OPT", "EDNSBL_TO", "MTAMARK_TO", "DOMAINMAP_NO_REGEX", "UUCP_MAX_SIZE",
      "SSH_REMOTE_COMMAND", "LOCAL_PROG_QGRP", "LOCAL_SHELL_PATH", "LOCAL_SHELL_FLAGS", "LOCAL_SHELL_ARGS",
      "LOCAL_SHELL_DIR", "DEBIAN_MTA", "DEBIAN_MSP",
    ] + mailers.flatMap { mailer in items.map { "\(mailer)_MAILER_\($0)" } })

  private static let mailers = [
    "LOCAL", "SMTP", "ESMTP", "SMTP8", "DSMTP", "RELAY", "UUCP", "PROCMAIL", "USENET", "FAX", "POP", "PH", "QPAGE",
    "MAIL11", "CYRUS", "CYRUS_BB", "CYRUSV2", "SSH", "XAGENT",
  ]
  private static let items = [
    "PATH", "FLAGS", "ARGS", "MAX", "MAXMSGS", "MAXRCPTS", "CHARSET", "EOL", "LL", "QGRP", "USER", "HOST", "DIR",
    "DSN_DIAGNOSTIC_CODE",
  ]
}
