// HostFlow+Postfix.swift: the stages of a main.cf.

import MailAddress
import PostfixConfig

extension HostFlow {
  package init(_ configuration: PostfixConfiguration, named name: String) {
    self.init(title: "A message under \(name)")
    let master = configuration.master
    let services = [
      ("smtpd", master.firstService(running: "smtpd", type: "inet")),
      ("cleanup", master.service("cleanup", type: "unix")),
      ("trivial-rewrite", master.service("rewrite", type: "unix")),
    ]
    for (name, service) in services {
      stages.append(Stage(name, Self.lines(Self.parameters[name] ?? [], configuration.settings(for: service))))
    }
    addTransports(configuration, configuration.settings(for: master.service("rewrite", type: "unix")))
  }

  /// Those that the four address classes have.
  private mutating func addTransports(_ configuration: PostfixConfiguration, _ settings: Settings) {
    let classes = [
      ("mydestination", "local_transport"), ("virtual_mailbox_domains", "virtual_transport"),
      ("relay_domains", "relay_transport"), ("", "default_transport"),
    ]
    for (domains, parameter) in classes where domains.isEmpty || !settings.value(domains).isEmpty {
      let value = settings.value(parameter)
      let name = (value.split(atFirst: .colon)?.before ?? value).text
      let label = domains.isEmpty ? "the rest" : domains
      if let index = ends.firstIndex(where: { $0.name == name }) {
        ends[index].label += ", " + label
        continue
      }
      let service = configuration.master.service(name, type: "unix")
      let program = service?.command ?? "not in master.cf"
      let own = configuration.settings(for: service)
      ends.append(
        End(
          name, [program] + Self.lines(Self.parameters[program] ?? [], own), label: label,
          isRemote: ["smtp", "lmtp"].contains(program)))
    }
  }

  private static let parameters = [
    "smtpd": ["client", "helo", "sender", "relay", "recipient", "data", "end_of_data"].map {
      "smtpd_\($0)_restrictions"
    },
    "cleanup": [
      "header_checks", "body_checks", "sender_canonical_maps", "recipient_canonical_maps", "canonical_maps",
      "masquerade_domains", "virtual_alias_maps", "always_bcc", "sender_bcc_maps", "recipient_bcc_maps",
    ],
    "trivial-rewrite": [
      "mydestination", "virtual_alias_domains", "virtual_mailbox_domains", "relay_domains", "transport_maps",
      "sender_dependent_relayhost_maps", "relayhost",
    ],
    "local": [
      "alias_maps", "forward_path", "mailbox_command", "mailbox_transport", "home_mailbox", "mail_spool_directory",
      "luser_relay", "fallback_transport",
    ],
    "virtual": ["virtual_mailbox_maps", "virtual_mailbox_base"],
    "smtp": ["smtp_generic_maps", "smtp_tls_security_level", "smtp_fallback_relay"],
    "lmtp": ["lmtp_generic_maps"],
  ]

  /// `name: value` of those that have a value.
  private static func lines(_ names: [String], _ settings: Settings) -> [String] {
    names.compactMap { name in
      // Names such as $user are known only when a message is there.
      let isLate = ["forward_path", "luser_relay", "mailbox_command"].contains(name)
      let value = isLate ? settings.rawValue(name) ?? [] : settings.value(name)
      return value.isEmpty ? nil : "\(name): \(value.text)"
    }
  }
}
