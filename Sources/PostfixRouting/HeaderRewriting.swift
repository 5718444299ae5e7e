// HeaderRewriting.swift: the header of one copy under a main.cf.
//
//     cleanup(8):  Received:, addresses completed and mapped, what is missing added, what
//                  message_drop_headers names dropped
//     smtp(8):     smtp_generic_maps once more over the addresses
//
// Mail of strangers keeps its addresses and its gaps, unless remote_header_rewrite_domain or
// always_add_missing_headers say otherwise.
//
// Fails: with the table's reason, where one cannot say now.

import MailAddress
import PostfixConfig
import Routing

/// What main.cf says of headers, for all messages.
struct HeaderRewriting: Sendable {
  let cleanup: Cleanup
  /// The same for mail of strangers; nil where nothing of it is rewritten.
  let remote: Cleanup?
  let dropped: Set<Bytes>
  let alwaysCompletes: Bool
  /// header_from_format = obsolete: `user@host (Full Name)`.
  let namesBehind: Bool
  let showsLogin: Bool
  let undisclosed: Bytes
  let host, mailName: Bytes
  /// header_address_token_limit
  let mostTokens: Int

  init(_ settings: Settings, cleanup: Cleanup, smtpd: Settings, rewriting: Settings) {
    self.cleanup = cleanup
    let domain = rewriting.value("remote_header_rewrite_domain")
    remote = domain.isEmpty ? nil : cleanup.completing(with: domain)
    dropped = Set(settings.list("message_drop_headers").map(\.lowercased))
    alwaysCompletes = settings.flag("always_add_missing_headers")
    undisclosed = settings.value("undisclosed_recipients_header")
    namesBehind = settings.value("header_from_format").lowercased == Bytes(ascii: "obsolete")
    showsLogin = smtpd.flag("smtpd_sasl_authenticated_header")
    host = settings.value("myhostname")
    mailName = settings.value("mail_name")
    mostTokens = settings.number("header_address_token_limit", otherwise: 10240)
  }

  /// Which of the classes of canonical_classes a field's addresses are in.
  private static let classes: [Bytes: Bytes] = {
    let senders = [
      "from", "sender", "reply-to", "errors-to", "return-receipt-to", "disposition-notification-to", "resent-from",
      "resent-sender", "mail-followup-to",
    ]
    let recipients = ["to", "cc", "bcc", "apparently-to", "resent-to", "resent-cc", "resent-bcc", "resent-reply-to"]
    let rows = senders.map { ($0, Cleanup.headerSender) } + recipients.map { ($0, Cleanup.headerRecipient) }
    return Dictionary(rows.map { (Bytes($0.0.utf8), $0.1) }) { first, _ in first }
  }()

  private static let resent = Bytes(ascii: "resent-")

  // MARK: cleanup(8)

  /// The fields as they are queued.
  func queued(
    _ fields: [HeaderField], of copy: OutgoingCopy, isLocal: Bool
  ) throws(MapList.Failure) -> [HeaderField] {
    let rules = isLocal ? cleanup : remote
    // What access tables have put before stands before this host's own line.
    let own = prepended(copy) + [HeaderField(name: Bytes(ascii: "Received"), body: received(copy))]
    var result: [HeaderField] = []
    result.reserveCapacity(own.count + fields.count + 4)
    var isResent = false
    var seen: Set<Bytes> = []
    for field in own + fields {
      let key = field.name.lowercased
      if key.hasPrefix(Self.resent) { isResent = true }
      seen.insert(key)
      if dropped.contains(key) { continue }
      guard let rules, let kind = Self.classes[key] else {
        result.append(field)
        continue
      }
      result.append(
        try rewritten(field) { text throws(MapList.Failure) in
          let quoted = AddressList.quoted(
            AddressToken.internalForm(rules.mapping.rewriting.rewrite(AddressToken.scan(text))))
          // Not always what it was before its quotes, where a literal has a colon.
          let address = AddressForm.unquoted(quoted)
          let mapped = try rules.mapped(address, as: kind)
          return mapped == address ? quoted : AddressList.quoted(mapped)
        })
    }
    if rules != nil || alwaysCompletes { complete(&result, seen, isResent: isResent, copy) }
    return result
  }

  private func prepended(_ copy: OutgoingCopy) -> [HeaderField] {
    (copy.fact(EnvelopeAnswer.prependedFact) ?? []).split(separator: .newline).compactMap { line in
      Bytes(line).split(atFirst: .colon).map { HeaderField(name: $0.before, body: $0.after) }
    }
  }

  /// A field with each address mapped, written anew where one changes.
  private func rewritten(
    _ field: HeaderField, _ change: (Bytes) throws(MapList.Failure) -> Bytes
  ) throws(MapList.Failure) -> HeaderField {
    var list = AddressList(field.body, mostTokens: mostTokens)
    let body = try list.rewritten(nameLength: field.name.count, change)
    return body.map { HeaderField(name: field.name, body: $0) } ?? field
  }

  private func complete(_ fields: inout [HeaderField], _ seen: Set<Bytes>, isResent: Bool, _ copy: OutgoingCopy) {
    let prefix = isResent ? Bytes(ascii: "Resent-") : []
    func add(_ name: StaticString, _ body: @autoclosure () -> Bytes) {
      let name = prefix + Bytes(ascii: name)
      if !seen.contains(name.lowercased) { fields.append(HeaderField(name: name, body: [0x20] + body())) }
    }
    add("Message-Id", [0x3C] + copy.dates.second + [.dot] + copy.queueID + [.at] + host + [0x3E])
    add("Date", copy.dates.mail)
    add("From", from(copy))
    // Those of Bcc: are none that others see.
    let hasRecipient = ["to", "cc", "resent-to", "resent-cc"].contains { seen.contains(Bytes($0.utf8)) }
    if !hasRecipient, let (name, body) = undisclosed.split(atFirst: .colon) {
      fields.append(HeaderField(name: name, body: body))
    }
  }

  private func from(_ copy: OutgoingCopy) -> Bytes {
    if copy.sender.isEmpty { return Bytes(ascii: "MAILER-DAEMON") }
    guard let name = copy.fact("fullname"), !name.isEmpty else { return copy.sender }
    if namesBehind { return copy.sender + Bytes(ascii: " (") + name + Bytes(ascii: ")") }
    return Self.phrase(name) + Bytes(ascii: " <") + copy.sender + [0x3E]
  }

  private static func phrase(_ name: Bytes) -> Bytes {
    let isPlain = name.allSatisfy {
      $0.isLetter || $0.isDigit || $0 == 0x20 || $0 > 0x7F || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0)
    }
    return isPlain
      ? name : [.quote] + name.flatMap { $0 == .quote || $0 == .backslash ? [.backslash, $0] : [$0] } + [.quote]
  }

  // MARK: Received

  private func received(_ copy: OutgoingCopy) -> Bytes {
    let by = Bytes(ascii: "by ") + host + Bytes(ascii: " (") + mailName
    let id = Bytes(ascii: "id ") + copy.queueID
    let fold: Bytes = [.newline, 0x09]
    let recipient = copy.fact("recipient").map { fold + Bytes(ascii: "for <") + $0 + Bytes(ascii: ">; ") }
    let end = (recipient ?? [0x3B] + fold) + copy.dates.mail
    guard let address = copy.fact("address") else {
      let user = copy.fact("userid").map { Bytes(ascii: ", from userid ") + $0 } ?? []
      return [0x20] + by + user + [0x29] + fold + id + Bytes(ascii: "; ") + copy.dates.mail
    }
    let name = copy.fact("name").flatMap { $0.isEmpty ? nil : $0 } ?? Bytes(ascii: "unknown")
    let helo = copy.fact("helo").flatMap { $0.isEmpty ? nil : $0 } ?? name
    let from =
      Bytes(ascii: " from ") + helo + Bytes(ascii: " (") + name + Bytes(ascii: " [") + Self.literal(address)
      + Bytes(ascii: "])")
    let login =
      showsLogin ? copy.fact("login").map { fold + Bytes(ascii: "(Authenticated sender: ") + $0 + [0x29] } ?? [] : []
    let tls = copy.fact("tls") ?? []
    return from + tls + login + fold + by + Bytes(ascii: ") with ") + (copy.fact("protocol") ?? Bytes(ascii: "SMTP"))
      + [0x20] + id + end
  }

  private static func literal(_ address: Bytes) -> Bytes {
    address.contains(.colon) ? Bytes(ascii: "IPv6:") + address : address
  }

  // MARK: smtp(8)

  /// The fields as smtp(8) sends them.
  func sent(
    _ fields: [HeaderField], _ generic: (Bytes) throws(MapList.Failure) -> Bytes
  ) throws(MapList.Failure) -> [HeaderField] {
    var result: [HeaderField] = []
    result.reserveCapacity(fields.count)
    for field in fields {
      guard Self.classes[field.name.lowercased] != nil else {
        result.append(field)
        continue
      }
      result.append(
        try rewritten(field) { text throws(MapList.Failure) in
          let address = AddressForm.unquoted(text)
          let new = try generic(address)
          return new == address ? text : AddressList.quoted(new)
        })
    }
    return result
  }
}

extension PostfixRouter: HeaderRewriter {
  package func header(
    _ fields: [HeaderField], of copy: OutgoingCopy
  ) throws(HeaderFailure) -> [HeaderField] {
    do throws(MapList.Failure) {
      let queued = try headers.queued(fields, of: copy, isLocal: isLocal(copy))
      guard let generic = agents.genericMapping(of: copy.resolution.transport) else { return queued }
      return try headers.sent(queued, generic)
    } catch {
      throw HeaderFailure(reason: error.reason)
    }
  }

  /// The most bytes of a line that the agent of a transport sends; nil for no limit.
  package func lineLimit(of transport: Bytes) -> Int? { agents.lineLimits[transport].flatMap { $0 > 0 ? $0 : nil } }

  private func isLocal(_ copy: OutgoingCopy) -> Bool {
    guard let address = copy.fact("address") else { return true }
    let name = copy.fact("name").flatMap { $0.isEmpty ? nil : $0 }
    return policy.rewritesHeaders(of: Client(address: address, name: name, helo: copy.fact("helo")))
  }
}
