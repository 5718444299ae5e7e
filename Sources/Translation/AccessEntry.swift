// AccessEntry.swift: one line of the access table, understood.
//
//     Connect:192.0.2   RELAY          tag, key, right side
//     bulk.example      550 no         no tag: client, sender and recipient
//
// The key is what decides in which of Postfix's tables an entry can stand, and the
// right side is one of few words, or the text of a reply.

struct AccessEntry {
  enum Tag: String {
    case none = ""
    case connect = "connect"
    case from = "from"
    case to = "to"
    case spam = "spam"
  }

  enum Key: Hashable {
    /// user@domain
    case address(user: String, domain: String)
    /// user@
    case user(String)
    case domain(String)
    /// .domain: only below it
    case below(String)
    case network(AccessNetwork)
  }

  var tag: Tag
  var key: Key
  var action: AccessAction
  var source: SourceEntry
}

enum AccessAction: Hashable {
  case ok, relay, reject, discard, skip, friend, hater
  case quarantine(String)
  /// A reply as Postfix's tables have it: code, enhanced code, text.
  case reply(String)

  init(_ text: String) {
    switch text {
    case "OK": self = .ok
    case "RELAY": self = .relay
    case "REJECT": self = .reject
    case "DISCARD": self = .discard
    case "SKIP": self = .skip
    case "FRIEND": self = .friend
    case "HATER": self = .hater
    default:
      if let reason = text.dropping(prefix: "QUARANTINE:") {
        self = .quarantine(reason)
      } else if let error = text.dropping(prefix: "ERROR:") {
        self = .reply(ReplyText.ofError(error))
      } else {
        self = .reply(ReplyText.of(text, enhanced: nil))
      }
    }
  }

  /// The action of a Postfix table that does the same.
  func postfix(reject: String) -> String {
    switch self {
    case .ok, .relay, .friend: "OK"
    case .reject: reject
    case .discard: "DISCARD"
    case .skip, .hater: "DUNNO"
    case .quarantine(let reason): "HOLD " + reason
    case .reply(let text): text
    }
  }
}

/// Replies, from sendmail's notations to Postfix's.
package enum ReplyText {
  /// What follows `ERROR:` in a table: `d.s.n:text`, or the text alone.
  package static func ofError(_ text: String) -> String {
    if let (code, rest) = text.cut(":"), isEnhanced(code.trimmed) {
      return of(rest, enhanced: code.trimmed)
    }
    return of(text, enhanced: nil)
  }

  /// A text that may begin with its code. Without one sendmail answers 553.
  package static func of(_ text: String, enhanced: String?) -> String {
    var rest = text.trimmed
    if rest.count > 1, rest.hasPrefix("\""), rest.hasSuffix("\"") { rest = String(rest.dropFirst().dropLast()) }
    var code = "553"
    if let first = rest.words.first, isCode(first) {
      code = first
      rest = String(rest.dropFirst(first.count)).trimmed
    }
    var detail = enhanced
    if let first = rest.words.first, isEnhanced(first) {
      detail = first
      rest = String(rest.dropFirst(first.count)).trimmed
    }
    let standard = rest == text.trimmed ? "\(code.prefix(1)).3.0" : "\(code.prefix(1)).0.0"
    // An enhanced code of another class than the reply's would be refused.
    if let given = detail, given.first != code.first { detail = String(code.prefix(1)) + given.dropFirst() }
    return [code, detail ?? standard, rest].filter { !$0.isEmpty }.joined(separator: " ")
  }

  package static func isCode(_ word: String) -> Bool {
    word.count == 3 && (word.hasPrefix("4") || word.hasPrefix("5")) && word.allSatisfy(\.isASCIIDigit)
  }

  package static func isEnhanced(_ word: String) -> Bool {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 3 && ["2", "4", "5"].contains(parts[0])
      && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isASCIIDigit) }
  }
}

extension Character {
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

/// A client address or the beginning of one.
package struct AccessNetwork: Hashable {
  /// As Postfix writes it, without a prefix length.
  package var address: String
  package var length: Int
  package var isIPv6: Bool
  /// The bits, for telling which network lies in which.
  package var bytes: Bytes

  /// `192.0.2` or `IPv6:2001:db8`; nil for what is no address.
  package init?(_ text: String) {
    let small = text.folded
    let inner = small.hasPrefix("[") && small.hasSuffix("]") ? String(small.dropFirst().dropLast()) : small
    if let six = inner.dropping(prefix: "ipv6:") {
      guard let (bytes, length) = Self.groups(six) else { return nil }
      self.init(bytes: bytes, length: length, isIPv6: true)
      return
    }
    let parts = inner.split(separator: ".", omittingEmptySubsequences: false)
    var bytes: Bytes = []
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy(\.isASCIIDigit), let byte = UInt8(part) else { return nil }
      bytes.append(byte)
    }
    guard (1...4).contains(bytes.count) else { return nil }
    self.init(
      bytes: bytes + Bytes(repeating: 0, count: 4 - bytes.count), length: bytes.count * 8, isIPv6: false)
  }

  private init(bytes: Bytes, length: Int, isIPv6: Bool) {
    self.bytes = bytes
    self.length = length
    self.isIPv6 = isIPv6
    address = isIPv6 ? Self.text(bytes) : bytes.map(String.init).joined(separator: ".")
  }

  /// Groups of sixteen bits, `::` for zeros; fewer than eight groups are a network.
  private static func groups(_ text: String) -> (Bytes, Int)? {
    var halves: [[Substring]] = []
    var rest = text[...]
    while let range = doubleColon(rest) {
      halves.append(rest[..<range.lowerBound].split(separator: ":"))
      rest = rest[range.upperBound...]
    }
    halves.append(rest.split(separator: ":"))
    guard halves.count <= 2 else { return nil }
    var values: [[UInt16]] = []
    for half in halves {
      var numbers: [UInt16] = []
      for group in half {
        guard group.count <= 4, let value = UInt16(group, radix: 16) else { return nil }
        numbers.append(value)
      }
      values.append(numbers)
    }
    let head = values.first ?? []
    let tail = values.count == 2 ? values[1] : []
    guard head.count + tail.count <= 8, !head.isEmpty || values.count == 2 else { return nil }
    let isWhole = values.count == 2 || head.count == 8
    let all = head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
    return (all.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }, isWhole ? 128 : head.count * 16)
  }

  private static func doubleColon(_ text: Substring) -> Range<Substring.Index>? {
    guard let first = text.indices.first(where: { text[$0...].hasPrefix("::") }) else { return nil }
    return first..<text.index(first, offsetBy: 2)
  }

  private static func text(_ bytes: Bytes) -> String {
    var groups = stride(from: 0, to: 16, by: 2).map {
      String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
    }
    let zeros = groups.reversed().prefix { $0 == "0" }.count
    if zeros > 1 {
      groups.removeLast(zeros)
      return groups.joined(separator: ":") + "::"
    }
    return groups.joined(separator: ":")
  }

  package func contains(_ other: AccessNetwork) -> Bool {
    guard isIPv6 == other.isIPv6, length <= other.length else { return false }
    return bytes.prefix(length / 8) == other.bytes.prefix(length / 8)
  }

  /// As a line of a cidr table begins.
  package var pattern: String { "\(address)/\(length)" }
  /// As mynetworks has it.
  package var network: String { isIPv6 ? "[\(address)]/\(length)" : pattern }
}
