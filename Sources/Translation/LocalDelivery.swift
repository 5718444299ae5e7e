// LocalDelivery.swift: aliases, mailboxes, and mail for people who are not here.
//
// The local mailer of the .cf tells which program writes mailboxes. Where it is one
// that only appends to an mbox, Postfix's own local(8) does that and needs no help.

import Diagnostics
import SendmailCF

extension Builder {
  func translateDelivery() {
    if nullClientHub != nil {
      set(
        "local_transport", "error:5.1.1 this host keeps no mail", .delivery,
        nullClientHub?.origin ?? .standard(""))
      set("alias_maps", [], .delivery, [])
      set("alias_database", [], .delivery, [])
      return
    }
    aliases()
    localMailer()
    hub()
    unknownUsers()
    localRecipients()
    set(
      "unknown_local_recipient_reject_code", "550", .delivery, .standard("550 5.1.1 User unknown"))
  }

  // MARK: aliases

  private func aliases() {
    guard let (value, origin) = facts.option("AliasFile") else {
      for name in ["alias_maps", "alias_database"] { set(name, [], .delivery, [.standard("no alias file is named")]) }
      return
    }
    var words: [ValueWord] = []
    for (index, part) in value.split(whereSeparator: { $0 == "," || $0.isBlank }).map(String.init)
      .enumerated()
    {
      let path = part.cut(":").map { $0.before.hasPrefix("/") ? part : $0.after } ?? part
      var table = PostfixTable(
        index == 0 ? "aliases" : "aliases\(index + 1)", .aliases, "local names, as they stand in \(path.fileName)")
      guard let found = facts.source.file(path) else {
        // Without a file Postfix would put all local mail off.
        diagnostics.append(Diagnostic(.warning, .tableMissing(path.shown), at: origin.position))
        table.copiedText = Bytes("# \(path) was not found: put the aliases here\n".utf8)
        words.append(ValueWord(side.put(table), origin))
        continue
      }
      table.copiedText = AliasText.withoutRepeats(found.bytes)
      words.append(ValueWord(side.put(table), Provenance("", at: .init(file: found.path))))
      reportAliases(found.bytes, path: found.path)
    }
    set("alias_maps", words, .delivery, [])
    set("alias_database", words.map { ValueWord($0.text) }, .delivery, [])
    set("owner_request_special", "yes", .delivery, .standard("owner-list is the sender of list"))
    set("expand_owner_alias", "yes", .delivery, .standard("the sender is what owner-list says"))
    set(
      "allow_mail_to_commands", "alias, forward, include", .delivery,
      .standard("included lists may name programs"))
    set(
      "allow_mail_to_files", "alias, forward, include", .delivery,
      .standard("included lists may name files"))
    let isInteractive = facts.option("DeliveryMode")?.value.folded.hasPrefix("i") ?? false
    let reason =
      isInteractive
      ? "Aliases are expanded after mail was taken: one that leads to nobody or nests too deep bounces, where "
        + "sendmail in interactive mode refuses it to the client."
      : "One that leads to nobody bounces after the mail was taken, in sendmail as here; one that nests more than "
        + "MaxAliasRecursion deep bounces in sendmail alone."
    note(.option("AliasFile"), .approximate, "alias_maps, alias_database", reason)
    note(.word("ALIAS_FILE"), .approximate, "alias_maps, alias_database", reason)
  }

  /// Lines whose meaning differs.
  private func reportAliases(_ bytes: Bytes, path: String) {
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let text = String(bytes: line)
      guard !text.hasPrefix("#"), let value = text.cut(":")?.after.trimmed else { continue }
      let entry = SourceEntry(
        key: text.cut(":")?.before ?? "", value: value,
        position: .init(file: path, line: index + 1, column: 1))
      if value.hasPrefix("\\") {
        note(
          entry, .approximate, "alias_maps",
          "In sendmail the backslash also passes over the user's .forward.")
      }
      if value.contains(":include:") {
        note(
          entry, .approximate, "alias_maps",
          "An empty list bounces in sendmail; here its mail vanishes.")
      }
      if entry.key.hasSuffix("+*") {
        note(
          entry, .manual, "alias_maps regexp:",
          "Postfix knows user+detail and user; user+* needs a pattern.")
      }
      if value.hasPrefix("|") || value.hasPrefix("\"|") {
        note(
          entry, .approximate, "alias_maps",
          "A program that does not exist bounces in sendmail and is tried again here.")
      }
    }
  }

  // MARK: the local mailer

  private func localMailer() {
    guard let mailer = facts.cf.mailers.first(where: { $0.name == Array("local".utf8) }) else {
      return
    }
    let line = facts.cf.lines.first { line in
      if case .mailer(let other) = line.content { other.name == mailer.name } else { false }
    }
    let call = facts.calls.first {
      $0.text(0).hasPrefix("LOCAL_MAILER") || $0.text(0) == "local_procmail"
        || $0.text(0) == "local_lmtp"
    }
    let origin = call.map { Provenance($0) } ?? Provenance("Mlocal", at: line?.position)
    let program = String(bytes: mailer.path)
    let arguments = mailer.arguments.map { facts.text($0) }
    if mailer.isNetwork || program == "[LPC]" {
      lmtp(arguments, origin)
    } else if let command = Self.mailboxCommand(program, arguments) {
      set("mailbox_command", command, .delivery, origin)
      note(
        .mailer("local"), .approximate, "local, mailbox_command",
        "The program runs as the recipient, not as root.")
      for name in ["LOCAL_MAILER_PATH", "LOCAL_MAILER_ARGS"] {
        note(.word(name), .approximate, "mailbox_command")
      }
      note(
        .feature("local_procmail"), .approximate, "mailbox_command",
        "procmail runs as the recipient, not as root.")
    } else {
      note(.mailer("local"), .exact, "local", "local(8) writes the mailbox itself.")
      for name in ["LOCAL_MAILER_PATH", "LOCAL_MAILER_ARGS"] { note(.word(name), .exact, "local") }
      note(.feature("local_lmtp"), .exact, "local", "local(8) writes the mailbox itself.")
    }
    note(
      .word("LOCAL_MAILER_MAX"), .manual, "mailbox_size_limit",
      "M= limits one message, and mailbox_size_limit the whole mailbox: with the same number full mailboxes would bounce."
    )
    note(.mailer("prog"), .exact, "local", "local(8) runs programs of aliases and .forward files.")
    if facts.has("preserve_local_plus_detail") { plusAddresses() }
  }

  /// With FEATURE(preserve_local_plus_detail) user+detail is a name of its own, which nobody
  /// has but aliases, where the mailer asks for users at all. Tables strip the detail all
  /// the same, so that the delimiter stays.
  private func plusAddresses() {
    let origin = facts.origin(ofFeature: "preserve_local_plus_detail")
    note(
      .feature("preserve_local_plus_detail"), .approximate, "plus_addresses",
      "Refused for SMTP clients; what aliases and programs of this host write to user+detail goes to user.")
    // A hub gets the mail of whoever is known without his +detail.
    guard localUsersAreChecked, !hasHub else { return }
    var table = PostfixTable("plus_addresses", .regexp, "name+detail is a name like any other, and unknown")
    let own = ownDomains.map(\.word.literalPattern).joined(separator: "|")
    for name in namesWithDetail where !own.isEmpty {
      table.add("/^\(name.literalPattern)@(\(own))$/", "DUNNO")
    }
    for entry in tableEntries(ofMap: "virtuser") {
      guard let (user, domain) = entry.key.cutLast("@"), isOwn(domain) else { continue }
      let base = (user.cut("+")?.before ?? user).literalPattern
      table.add("/^\(base.isEmpty ? "[^@+]*" : base)(\\+.*)?@\(domain.literalPattern)$/", "DUNNO")
    }
    guard !own.isEmpty else { return }
    table.add("/^[^@]+\\+.*@(\(own))$/", "550 5.1.1 User unknown", origin)
    let reference = "check_recipient_access " + side.put(table)
    let list = "smtpd_recipient_restrictions"
    let words = (side.setting(list)?.words ?? []) + [ValueWord(reference, origin)]
    set(list, words, .restrictions, [])
  }

  /// Aliases with a plus in their names.
  private var namesWithDetail: [String] {
    side.tables.compactMap(\.copiedText).flatMap { bytes in
      bytes.split(separator: 0x0A).compactMap { line in
        let name = String(bytes: line).cut(":")?.before.trimmed ?? ""
        return name.contains("+") && !name.hasPrefix("#") ? name.folded : nil
      }
    }
  }

  /// Whether the local mailer has flag `w`, which makes sendmail look for the user.
  var localUsersAreChecked: Bool {
    facts.cf.mailers.first { $0.name == Array("local".utf8) }?.flags.contains(UInt8(ascii: "w")) ?? true
  }

  private func lmtp(_ arguments: [String], _ origin: Provenance) {
    let isSocket = arguments.first == "FILE" && arguments.count > 1
    guard isSocket else {
      note(
        .mailer("local"), .manual, "mailbox_transport",
        "Name the LMTP service: lmtp:unix:PATH or lmtp:inet:HOST:PORT.")
      return
    }
    set("mailbox_transport", "lmtp:unix:" + arguments[1], .delivery, origin)
    note(.mailer("local"), .exact, "mailbox_transport")
  }

  /// The command for programs that do more than append to a mailbox.
  private static func mailboxCommand(_ program: String, _ arguments: [String]) -> String? {
    let plain = ["mail", "mail.local", "lmail", "binmail", "mail.local.linux"]
    if plain.contains(program.fileName) { return nil }
    let words = arguments.dropFirst().map { argument -> String in
      switch argument {
      case "$u": "\"$USER\""
      case "$h": "\"$EXTENSION\""
      case "$g", "$f": "\"$SENDER\""
      case "${client_addr}": "\"$CLIENT_ADDRESS\""
      default: argument
      }
    }
    return ([program] + words).joined(separator: " ")
  }

  // MARK: unknown users

  /// LUSER_RELAY has the users whom nobody knows here.
  private func unknownUsers() {
    guard let (value, origin) = facts.macro("L") else { return }
    switch target(value) {
    case .localUser(let user):
      set("luser_relay", user, .delivery, origin)
      acceptsUnknownUsers = origin
    case .transport(let route):
      let host = hostName(of: route)
      let domain = AccessNetwork(host) == nil ? host : "[\(host)]"
      set("luser_relay", "$local@" + domain, .delivery, origin)
      var table = PostfixTable("unknown_users", .hash, "where people unknown here may be known")
      table.add(domain, route, origin)
      addTable(table, to: "transport_maps", .routing, origin)
      acceptsUnknownUsers = origin
    case .reply:
      // Refusing unknown users is what Postfix does anyway, also where known ones are on a hub.
      acceptsUnknownUsers = nil
    default:
      note(.macro("L"), .manual, "luser_relay")
      note(.word("LUSER_RELAY"), .manual, "luser_relay")
      return
    }
    let reason =
      "Unknown users are accepted here and go to the relay, as in sendmail; other mail for the relay's own domain "
      + "goes straight to it too, past a smart host."
    note(.macro("L"), .approximate, "luser_relay, local_recipient_maps =", reason)
    note(.word("LUSER_RELAY"), .approximate, "luser_relay, local_recipient_maps =", reason)
    note(
      .feature("preserve_luser_host"), .exact, "luser_relay",
      "It keeps the host that a rule gave the local mailer, and the usual rules give none: the relay's name stands "
        + "there all the same.")
  }

  private var uncheckedUsers: Provenance? {
    localUsersAreChecked ? nil : Provenance("Mlocal without flag w: the mailer knows its users")
  }

  private func localRecipients() {
    if let origin = acceptsUnknownUsers ?? uncheckedUsers {
      set("local_recipient_maps", [], .delivery, [origin])
    } else if !extraLocalRecipients.isEmpty {
      set(
        "local_recipient_maps",
        [ValueWord("proxy:unix:passwd.byname"), ValueWord("$alias_maps")] + extraLocalRecipients,
        .delivery, [Provenance("recipients whose mail is dropped count as known")])
    }
  }
}
