// PostfixSettings.swift: the parameters and services of a Postfix configuration that
// no envelope shows.

import MailAddress
import PostfixConfig

/// A Postfix configuration, read or made of a sendmail.cf.
package struct PostfixView {
  package var configuration: PostfixConfiguration
  /// Of a translation, what each parameter comes from; nil where main.cf is a file.
  package var origins: [String: String]?

  package init(configuration: PostfixConfiguration, origins: [String: String]? = nil) {
    self.configuration = configuration
    self.origins = origins
  }

  /// The parameters that main.cf sets.
  package var names: Set<String> { Set(configuration.main.entries.map(\.name)) }

  package func origin(_ name: String, _ file: String, _ line: Int?) -> String? {
    origins.map { $0[name] } ?? line.map { "\(file):\($0)" }
  }
}

extension StatedSettings {
  /// - Parameter names: parameters that either side sets: an unset one has its default.
  package init(_ view: PostfixView, names: Set<String>) {
    let settings = view.configuration.settings()
    for name in names where !EnvelopeParameters.contains(name, settings) {
      guard let written = settings.rawValue(name) else { continue }
      // A command's parameters are those of the mail, known when it runs.
      let value = name.hasSuffix("_command") ? written : settings.value(name)
      self[name] = Value(
        text: Self.plain(value, like: ParameterTable.defaultValue(name)),
        origin: view.origin(name, "main.cf", settings.position(name)?.line))
    }
    for service in view.configuration.master.services { add(service, view) }
  }

  /// Of a daemon the address counts and how it is run, not in which process.
  private mutating func add(_ service: MasterConfiguration.Service, _ view: PostfixView) {
    let words = [service.command] + service.arguments.map(\.text)
    let kind = service.type == "inet" ? "inet" : "service"
    let name = "\(kind) \(service.name)"
    self[name] = Value(
      text: words.filter { !$0.hasPrefix("syslog_name=") && $0 != "-o" }.joined(separator: " "),
      origin: view.origin(name, "master.cf", service.position?.line))
  }

  /// Lists with single separators, times in seconds where the default is a time.
  private static func plain(_ value: Bytes, like standard: Bytes?) -> String {
    let text = ListSyntax.words(value).map(\.text).joined(separator: " ")
    guard let standard, let unit = standard.last, standard.first?.isDigit ?? false,
      let seconds = seconds(text, unit: unit)
    else { return text }
    return "\(seconds)s"
  }

  /// - Parameter unit: of a number without one, that of the default.
  private static func seconds(_ text: String, unit: UInt8) -> Int? {
    let sizes: [UInt8: Int] = [0x73: 1, 0x6D: 60, 0x68: 3600, 0x64: 86_400, 0x77: 604_800]
    guard sizes[unit] != nil, let last = text.utf8.last else { return nil }
    let size = sizes[last] ?? sizes[unit] ?? 1
    let digits = sizes[last] == nil ? text[...] : text.dropLast()
    guard let count = Int(digits), count < 1 << 32 else { return nil }
    return count * size
  }
}

/// Parameters whose effect the answers to envelopes show, and those that change no mail.
private enum EnvelopeParameters {
  static func contains(_ name: String, _ settings: Settings) -> Bool {
    shown.contains(name) || idle.contains(name) || name.hasSuffix("_maps") || name.hasSuffix("_reject_code")
      || name.hasSuffix("_directory") || commandPaths.contains(name)
      // Classes of restrictions have names of their own.
      || settings.list("smtpd_restriction_classes").contains(Bytes(name.utf8))
  }

  private static let shown: Set<String> = [
    "alias_database", "allow_percent_hack", "allow_untrusted_routing", "always_bcc", "append_at_myorigin",
    "append_dot_mydomain", "canonical_classes", "content_filter", "default_transport",
    "fallback_transport", "local_header_rewrite_clients", "local_transport", "luser_relay", "mailbox_transport",
    "masquerade_classes", "masquerade_domains", "masquerade_exceptions", "message_size_limit", "mydestination",
    "mydomain", "myhostname", "mynetworks", "mynetworks_style", "myorigin",
    "parent_domain_matches_subdomains", "propagate_unmatched_extensions", "recipient_canonical_classes",
    "recipient_delimiter", "relay_domains", "relay_transport", "relayhost", "sender_canonical_classes",
    "smtpd_client_restrictions", "smtpd_data_restrictions", "smtpd_end_of_data_restrictions",
    "smtpd_helo_restrictions", "smtpd_recipient_restrictions", "smtpd_relay_before_recipient_restrictions",
    "smtpd_relay_restrictions", "smtpd_restriction_classes", "smtpd_sender_restrictions", "swap_bangpath",
    "virtual_alias_domains", "virtual_mailbox_domains", "virtual_transport",
  ]

  private static let commandPaths: Set<String> = ["sendmail_path", "newaliases_path", "mailq_path"]

  /// Where things lie, how Postfix looks after itself and what it writes down.
  private static let idle: Set<String> = [
    "alternate_config_directories", "compatibility_level", "debug_peer_level", "debug_peer_list",
    "debugger_command", "import_environment", "mail_owner", "maillog_file", "multi_instance_enable",
    "multi_instance_group", "multi_instance_name", "setgid_group", "syslog_facility", "syslog_name",
  ]
}
