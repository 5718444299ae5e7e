// CallNames.swift: which words of the vocabulary set what in the .cf.

package enum CallNames {
  /// The `conf` name of an option, from the two catalogues' shared table.
  package static func define(ofOption name: String) -> String? {
    if let special = special[name] { return special }
    return defines[name.lowercased()]
  }

  private static let special = [
    "DaemonPortOptions": "DAEMON_OPTIONS", "ClientPortOptions": "CLIENT_OPTIONS",
    "AliasFile": "ALIAS_FILE", "HelpFile": "HELP_FILE", "StatusFile": "STATUS_FILE",
    "QueueDirectory": "QUEUE_DIR",
  ]

  /// The option that a `define` sets.
  static func option(ofDefine name: String) -> String? { options[name] }

  /// The calls that add words to a class.
  static func writers(ofClass name: String) -> Set<String> {
    Set(classWriters.filter { $0.value == name }.map(\.key))
  }

  /// The class that a call adds words or a file to.
  static let classWriters = [
    "LOCAL_DOMAIN": "w", "MASQUERADE_DOMAIN": "M", "MASQUERADE_EXCEPTION": "N",
    "EXPOSED_USER": "E", "LOCAL_USER": "L", "CANONIFY_DOMAIN": "Canonify", "GENERICS_DOMAIN": "G",
    "VIRTUSER_DOMAIN": "VirtHost", "LDAPROUTE_DOMAIN": "LDAPRoute",
    "LDAPROUTE_EQUIVALENT": "LDAPRouteEquiv", "RELAY_DOMAIN": "R", "TRUST_AUTH_MECH": "TrustAuthMech",
  ]

  /// The feature that brings a map in.
  static func feature(ofMap name: String) -> String? { mapFeatures[name] }

  private static let mapFeatures = [
    "access": "access_db", "mailertable": "mailertable", "virtuser": "virtusertable",
    "generics": "genericstable", "domaintable": "domaintable", "uudomain": "uucpdomain",
    "bitdomain": "bitdomain", "authinfo": "authinfo", "ldapmh": "ldap_routing",
    "ldapmra": "ldap_routing", "bestmx": "bestmx_is_local", "badmx": "badmx",
  ]

  private static let options: [String: String] = {
    var names: [String: String] = [:]
    for line in OptionNames.text.split(separator: "\n") {
      let words = String(line).words
      if words.count == 2 { names[words[0]] = words[1] }
    }
    return names
  }()

  private static let defines = Dictionary(
    options.map { ($0.value.lowercased(), $0.key) }, uniquingKeysWith: { one, other in min(one, other) })
}
