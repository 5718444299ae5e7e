// TranslatedPostfix.swift: a private Postfix that runs a translated configuration.

import Foundation
import TestSupport
import Translation

enum TranslatedPostfix {
  /// What keeps an instance to itself, and what needs a name server or real users.
  private static let withheld: Set<String> = [
    "compatibility_level", "inet_interfaces", "inet_protocols", "local_recipient_maps",
    "alias_maps",
    "alias_database", "default_privs", "smtpd_hard_error_limit", "smtpd_timeout",
    "smtpd_client_connection_rate_limit", "queue_minfree", "import_environment",
  ]

  /// The settings as lines of a main.cf.
  static func main(of side: PostfixSide) -> String {
    var text = "alias_maps =\nalias_database =\n"
    var withheld = withheld
    if usesLocal(side) {
      // Where local(8) is real, so are its users; its mailboxes are the recorder.
      withheld = withheld.subtracting(["local_recipient_maps"]).union(["mailbox_command"])
      text += "mailbox_command = /bin/sh @FOLDER@/recorder local none \"$SENDER\" \"$USER\"\n"
    } else {
      text += "local_recipient_maps =\n"
    }
    for setting in side.settings where !withheld.contains(setting.name) {
      let words = setting.words.map(\.text).filter { $0 != "reject_unknown_sender_domain" }
      text += "\(setting.name) = \(words.joined(separator: ", "))\n"
    }
    return text
  }

  /// Whether local(8) decides where mail goes; elsewhere what it is given is enough.
  private static func usesLocal(_ side: PostfixSide) -> Bool {
    ["mailbox_transport", "mailbox_transport_maps", "fallback_transport", "luser_relay"].contains {
      side.setting($0) != nil
    }
  }

  static func start(_ side: PostfixSide) throws -> PostfixInstance {
    try start(
      side, main: main(of: side),
      recorders: PostfixInstance.agents.filter { $0 != "local" || !usesLocal(side) })
  }

  /// With the users of this machine, which the rest of the tests does without.
  static func startKnowingUsers(_ side: PostfixSide) throws -> PostfixInstance {
    let lines = main(of: side).split(separator: "\n").filter { !$0.hasPrefix("local_recipient_maps") }
    return try start(side, main: lines.joined(separator: "\n") + "\n", recorders: PostfixInstance.agents)
  }

  /// With the real local(8) and the aliases of the site; its mailboxes are the recorder.
  static func startWithAliases(_ side: PostfixSide) throws -> PostfixInstance {
    let replaced = ["alias_maps", "mailbox_command"]
    var lines = main(of: side).split(separator: "\n").map(String.init).filter { line in
      !replaced.contains(String(line.prefix { $0 != " " }))
    }
    let aliases = side.setting("alias_maps")?.words.map(\.text) ?? []
    lines.append("alias_maps = " + aliases.joined(separator: ", "))
    lines.append("mailbox_command = /bin/sh @FOLDER@/recorder local none \"$SENDER\" \"$USER\"")
    if side.setting("local_recipient_maps") == nil {
      lines.removeAll { $0.hasPrefix("local_recipient_maps") }
    }
    return try start(
      side, main: lines.joined(separator: "\n") + "\n", recorders: PostfixInstance.agents.filter { $0 != "local" })
  }

  /// With the real smtp client, which hands all that leaves to the sink; whoever asks may
  /// send what he likes.
  static func startSending(_ side: PostfixSide, to sink: SMTPSink) throws -> PostfixInstance {
    let replaced = ["relayhost", "transport_maps", "default_transport", "smtp_fallback_relay"]
    let lines = main(of: side).split(separator: "\n").filter { line in
      let name = line.prefix { $0 != " " }
      return !replaced.contains(String(name)) && !(name.hasPrefix("smtpd_") && name.hasSuffix("_restrictions"))
    }
    let route =
      "default_transport = smtp:[127.0.0.1]:\(sink.port)\nsmtpd_relay_restrictions = permit_mynetworks, reject\n"
    let instance = try start(
      side, main: lines.joined(separator: "\n") + "\n" + route,
      recorders: PostfixInstance.agents.filter { $0 != "smtp" })
    instance.sink = sink
    return instance
  }

  private static func start(_ side: PostfixSide, main: String, recorders: [String]) throws -> PostfixInstance {
    let files = side.files.filter { $0.name != "main.cf" && $0.name != "master.cf" }
    let listening = side.services.first { $0.type == "inet" && $0.command == "smtpd" }
    let instance = try PostfixInstance(
      main: main,
      files: Dictionary(
        uniqueKeysWithValues: files.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) }),
      recorders: recorders, smtpd: listening?.overrides ?? [])
    try instance.postmap(
      files.filter { $0.builder?.command == "postmap" }.map { "hash:\($0.name)" })
    try instance.postalias(
      files.filter { $0.builder?.command == "postalias" }.map { "hash:\($0.name)" })
    try instance.start()
    return instance
  }
}
