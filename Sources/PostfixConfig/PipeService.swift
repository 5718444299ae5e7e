// PipeService.swift: a transport of master.cf that pipe(8) runs.
//
//     uucp unix - n n - - pipe flags=Fqhu user=uucp argv=uux -r -n -z $nexthop!rmail ($recipient)
//                              └─ attributes ─────┘ └─ words of the command, no shell ──────────┘
//
// A word that speaks of a recipient is given once for each of them.
//
// Fails: with what is wrong with the attributes, or with a macro that there is not; pipe(8)
// then defers the mail.

import MailAddress

package struct PipeService: Sendable, Equatable {
  package struct Fault: Error, Sendable, Equatable {
    package let reason: String
    package init(reason: String) { self.reason = reason }
  }

  /// One recipient as the macros show it, without quotes.
  package struct Recipient: Sendable, Equatable {
    package var address: Bytes
    package var original: Bytes
    /// The local part before the delimiter, and behind it.
    package var user: Bytes
    package var `extension`: Bytes

    package init(address: Bytes, original: Bytes, user: Bytes, extension: Bytes) {
      self.address = address
      self.original = original
      self.user = user
      self.extension = `extension`
    }
  }

  /// The letters of `flags=`.
  package private(set) var flags: Set<UInt8> = []
  package private(set) var command: [Bytes] = []
  package private(set) var folder: Bytes?
  package private(set) var lineEnd: Bytes = [.newline]
  package private(set) var nullSender = Bytes(ascii: "MAILER-DAEMON")
  package private(set) var sizeLimit: Int?
  /// `user=`.
  package private(set) var user: Bytes = []

  private static let knownFlags = Set("BDFORXhqu.>".utf8)

  package init(_ service: MasterConfiguration.Service) throws(Fault) {
    var rest = service.arguments[...]
    while let word = rest.first, word.first == 0x2D {
      rest = rest.dropFirst(word == Bytes(ascii: "-o") ? 2 : 1)
    }
    while let word = rest.popFirst() {
      let word = ListSyntax.unbraced(word) ?? word
      guard let (name, value) = word.split(atFirst: 0x3D) else { throw Fault(reason: "no value for \(word.text)") }
      if name.trimmed == Bytes(ascii: "argv") {
        command = [value] + rest.map { ListSyntax.unbraced($0) ?? $0 }
        break
      }
      try set(name.trimmed.text, value.trimmed)
    }
    if user.isEmpty { throw Fault(reason: "user= is missing") }
    if command.isEmpty { throw Fault(reason: "argv= is missing") }
  }

  private mutating func set(_ name: String, _ value: Bytes) throws(Fault) {
    switch name {
    case "flags":
      if let unknown = value.first(where: { !Self.knownFlags.contains($0) && $0 != .comma && !$0.isWhiteSpace }) {
        throw Fault(reason: "unknown flag \(Bytes([unknown]).text)")
      }
      flags = Set(value).intersection(Self.knownFlags)
    case "user": user = value
    case "directory": folder = value
    case "null_sender": nullSender = value
    case "eol": lineEnd = Self.unescaped(value)
    case "size":
      guard let limit = value.decimalValue else { throw Fault(reason: "size=\(value.text) is no number") }
      sizeLimit = limit
    case "chroot": throw Fault(reason: "chroot= needs root")
    default: throw Fault(reason: "unknown attribute \(name)=")
    }
  }

  package func has(_ flag: Unicode.Scalar) -> Bool { flags.contains(UInt8(truncatingIfNeeded: flag.value)) }

  /// Whether a run must be for one recipient: its address goes into the header.
  package var isSingle: Bool { has("D") || has("O") }

  // MARK: words

  /// The argument vector.
  ///
  /// - Parameter facts: what the macros of the message stand for: nexthop, size, queue_id,
  ///   client_address and so on; those that have no value here are empty.
  package func words(
    sender: Bytes, _ recipients: [Recipient], facts: [String: Bytes]
  ) throws(Fault) -> [Bytes] {
    var message = facts
    message["nexthop"] = has("h") ? facts["nexthop"]?.lowercased : facts["nexthop"]
    message["sender"] = sender.isEmpty ? nullSender : sender
    if has("q"), message["sender"]?.isEmpty == false { message["sender"] = message["sender"].map(AddressForm.quoted) }
    var result: [Bytes] = []
    for word in command {
      let names = try Self.names(in: word)
      if let unknown = names.first(where: { !Self.ofRecipient.contains($0) && !Self.ofMessage.contains($0) }) {
        throw Fault(reason: "unknown macro name: \"\(unknown)\"")
      }
      guard names.contains(where: Self.ofRecipient.contains) else {
        result.append(try Self.expand(word) { message[$0] ?? [] })
        continue
      }
      for recipient in recipients {
        let values = values(of: recipient)
        result.append(try Self.expand(word) { values[$0] ?? message[$0] ?? [] })
      }
    }
    return result
  }

  private static let ofRecipient: Set<String> = [
    "recipient", "original_recipient", "user", "extension", "mailbox", "domain",
  ]
  private static let ofMessage: Set<String> = [
    "sender", "nexthop", "size", "queue_id", "client_address", "client_helo", "client_hostname", "client_port",
    "client_protocol", "sasl_method", "sasl_sender", "sasl_username",
  ]

  private func values(of recipient: Recipient) -> [String: Bytes] {
    let (local, domain) = AddressForm.parts(recipient.address)
    func cased(_ text: Bytes) -> Bytes { has("u") ? text.lowercased : text }
    return [
      "recipient": shown(recipient.address), "original_recipient": shown(recipient.original),
      "user": cased(recipient.user), "extension": cased(recipient.extension), "mailbox": cased(local),
      "domain": has("h") ? (domain ?? []).lowercased : domain ?? [],
    ]
  }

  /// A whole address: folded as h and u say, quoted as q says.
  private func shown(_ address: Bytes) -> Bytes {
    let (local, domain) = AddressForm.parts(address)
    var result = has("u") ? local.lowercased : local
    if let domain { result += [.at] + (has("h") ? domain.lowercased : domain) }
    return has("q") ? AddressForm.quoted(result) : result
  }

  // MARK: text

  private static func names(in word: Bytes) throws(Fault) -> [String] {
    var names: [String] = []
    _ = try expand(word) { name in
      names.append(name)
      return []
    }
    return names
  }

  /// `$name`, `${name}`, `$(name)` and `$$`; values are not looked at again.
  private static func expand(_ word: Bytes, _ value: (String) -> Bytes) throws(Fault) -> Bytes {
    var result: Bytes = []
    var rest = word[...]
    while let byte = rest.popFirst() {
      guard byte == .dollar else {
        result.append(byte)
        continue
      }
      if rest.first == .dollar {
        result.append(.dollar)
        rest.removeFirst()
        continue
      }
      let closing: UInt8? = rest.first == .openBrace ? .closeBrace : rest.first == 0x28 ? 0x29 : nil
      if closing != nil { rest.removeFirst() }
      let name = rest.prefix(while: ValueExpansion.isNamePart)
      rest = rest.dropFirst(name.count)
      if let closing {
        guard rest.first == closing else { throw Fault(reason: "a macro of \(word.text) is not closed") }
        rest.removeFirst()
      }
      guard !name.isEmpty else { throw Fault(reason: "no macro name after $ in \(word.text)") }
      result += value(Bytes(name).text)
    }
    return result
  }

  /// As C writes strings.
  private static func unescaped(_ text: Bytes) -> Bytes {
    let letters: [UInt8: UInt8] = [0x61: 7, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9, 0x76: 11]
    var result: Bytes = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      guard byte == .backslash, let next = rest.first else {
        result.append(byte)
        continue
      }
      let digits = rest.prefix(3).prefix { (0x30...0x37).contains($0) }
      if digits.isEmpty {
        result.append(letters[next] ?? next)
        rest.removeFirst()
      } else {
        result.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }))
        rest = rest.dropFirst(digits.count)
      }
    }
    return result
  }
}
