// ZoneFile.swift: records as administrators write them (RFC 1035 section 5).
//
//     $ORIGIN example.edu.
//     @     IN SOA mail admin ( 1 3600 600 86400 300 )
//     mail  300 A 192.0.2.1
//           MX  10 mail          ; the name of the line before
//
// Understood: $ORIGIN, $TTL, parentheses over lines, comments, quoted strings, names
// relative to the origin, times such as 1h30m. Fails: each faulty line is reported with
// its place and left out; the others count.

import Diagnostics

/// The records of a zone file.
package struct ZoneFile: Sendable {
  package private(set) var records: [Record] = []
  package private(set) var faults: [Fault] = []

  /// Something that is wrong in the file.
  package struct Fault: Sendable, Equatable {
    package var position: SourcePosition
    package var text: String
  }

  private let file: String
  private var origin: DomainName
  private var lifetime: UInt32 = 3600
  private var owner: DomainName?

  /// - Parameter origin: what relative names are below before the first $ORIGIN.
  package static func parse(
    _ text: [UInt8], file: String, origin: DomainName = .root
  ) -> ZoneFile {
    var zone = ZoneFile(file: file, origin: origin)
    var lexer = ZoneLexer(text: text)
    while let entry = lexer.nextEntry() { zone.read(entry) }
    return zone
  }

  private init(file: String, origin: DomainName) {
    self.file = file
    self.origin = origin
  }

  private mutating func report(_ text: String, _ entry: ZoneLexer.Entry, _ word: Int? = nil) {
    let column = word.flatMap { entry.words.indices.contains($0) ? entry.words[$0].column : nil } ?? 1
    let line = word.flatMap { entry.words.indices.contains($0) ? entry.words[$0].line : nil } ?? entry.line
    faults.append(Fault(position: SourcePosition(file: file, line: line, column: column), text: text))
  }

  private mutating func read(_ entry: ZoneLexer.Entry) {
    if let problem = entry.problem {
      report(problem, entry)
      return
    }
    guard let first = entry.words.first else { return }
    if first.bytes.first == 0x24, !entry.continuesOwner {
      readDirective(entry)
      return
    }
    var index = 0
    if !entry.continuesOwner {
      guard let name = name(first.bytes) else {
        report("\"\(first.text)\" is no name", entry, 0)
        return
      }
      owner = name
      index = 1
    }
    guard let owner else {
      report("a record without a name, and none before it", entry)
      return
    }
    read(entry, from: index, owner)
  }

  private mutating func readDirective(_ entry: ZoneLexer.Entry) {
    let value = entry.words.count > 1 ? entry.words[1].bytes : []
    switch entry.words[0].text.uppercased() {
    case "$ORIGIN":
      if let name = name(value) { origin = name } else { report("$ORIGIN needs a name", entry, 1) }
    case "$TTL":
      if let time = Self.time(value) { lifetime = time } else { report("$TTL needs a time", entry, 1) }
    default: report("\(entry.words[0].text) is not understood", entry, 0)
    }
  }

  /// Lifetime and class, in either order, then the type and its data.
  private mutating func read(_ entry: ZoneLexer.Entry, from start: Int, _ owner: DomainName) {
    var index = start
    var lifetime = lifetime
    while index < entry.words.count {
      let word = entry.words[index]
      if word.text.uppercased() == "IN" {
        index += 1
      } else if !word.isQuoted, let time = Self.time(word.bytes) {
        lifetime = time
        index += 1
      } else {
        break
      }
    }
    guard index < entry.words.count else {
      report("a record without a type", entry)
      return
    }
    let named = entry.words[index].text.uppercased()
    guard let type = RecordType.allCases.first(where: { $0.name == named }) else {
      let nearest = nearestName(to: named, among: RecordType.allCases.map(\.name))
      report(
        "the record type \(entry.words[index].text) is not understood"
          + (nearest.map { ", perhaps \($0)" } ?? ""), entry, index)
      return
    }
    let words = Array(entry.words[(index + 1)...])
    guard let data = data(type, words) else {
      report("the data of an \(type.name) record: \(Self.form(of: type))", entry, index + 1)
      return
    }
    records.append(Record(owner, lifetime: lifetime, data))
  }

  private func data(_ type: RecordType, _ words: [ZoneLexer.Word]) -> RecordData? {
    let first = words.first?.bytes ?? []
    if type != .mx, type != .soa, type != .txt, words.count != 1 { return nil }
    switch type {
    case .a:
      guard case .v4(let bytes)? = IPAddress(first) else { return nil }
      return .address(.v4(bytes))
    case .aaaa:
      guard case .v6(let bytes)? = IPAddress(first) else { return nil }
      return .address(.v6(bytes))
    case .cname: return name(first).map { .alias($0) }
    case .ns: return name(first).map { .nameServer($0) }
    case .ptr: return name(first).map { .pointer($0) }
    case .mx:
      guard words.count == 2, let preference = UInt16(words[0].text), let host = name(words[1].bytes) else {
        return nil
      }
      return .mailExchanger(preference: Int(preference), host)
    case .txt:
      guard !words.isEmpty, words.allSatisfy({ $0.bytes.count <= 255 }) else { return nil }
      return .text(words.flatMap(\.bytes))
    case .soa: return authority(words).map { .authority($0) }
    }
  }

  private func authority(_ words: [ZoneLexer.Word]) -> StartOfAuthority? {
    guard words.count == 7, let primary = name(words[0].bytes), let mailbox = name(words[1].bytes),
      let serial = UInt32(words[2].text)
    else { return nil }
    let times = words[3...].compactMap { Self.time($0.bytes) }
    guard times.count == 4 else { return nil }
    var authority = StartOfAuthority(primary: primary, mailbox: mailbox)
    authority.serial = serial
    (authority.refresh, authority.retry, authority.expire, authority.minimum) = (times[0], times[1], times[2], times[3])
    return authority
  }

  private static func form(of type: RecordType) -> String {
    switch type {
    case .a: "one IPv4 address"
    case .aaaa: "one IPv6 address"
    case .cname, .ns, .ptr: "one name"
    case .mx: "a preference from 0 to 65535 and a name"
    case .txt: "strings of at most 255 bytes"
    case .soa: "two names, a serial number and four times"
    }
  }

  private func name(_ text: [UInt8]) -> DomainName? {
    if text == [0x40] { return origin }
    guard let name = DomainName(text) else { return nil }
    // A point that is escaped ends nothing.
    let isAbsolute = text.last == 0x2E && !(text.count > 1 && text[text.count - 2] == 0x5C)
    return isAbsolute ? name : name.below(origin)
  }

  /// Seconds, or numbers with units: `1h30m`.
  private static func time(_ text: [UInt8]) -> UInt32? {
    var total: UInt64 = 0
    var number: UInt64?
    for byte in text {
      if (0x30...0x39).contains(byte) {
        number = (number ?? 0) * 10 + UInt64(byte - 0x30)
        if let number, number > UInt64(Int32.max) { return nil }
        continue
      }
      let units: [UInt8: UInt64] = [0x73: 1, 0x6D: 60, 0x68: 3600, 0x64: 86_400, 0x77: 604_800]
      guard let given = number, let unit = units[byte | 0x20] else { return nil }
      total = min(total + given * unit, 1 << 40)
      number = nil
    }
    guard !text.isEmpty else { return nil }
    total += number ?? 0
    return total <= UInt64(Int32.max) ? UInt32(total) : nil
  }
}
