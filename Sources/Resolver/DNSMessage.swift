// DNSMessage.swift: questions and answers on the wire (RFC 1035 section 4).
//
//     header 12 bytes | question | answers | authority | additional
//
// Names in messages may point back to earlier ones. Reading checks every length and
// follows pointers only backwards, so that no message can lead it in a circle.
//
// Fails: `nil` for a message that breaks off or points forward; records of types that
// mail does not need are passed over.

/// How a server answered (RFC 1035 section 4.1.1).
package enum ResponseCode: UInt16, Sendable {
  case noError = 0
  case formatError = 1
  case serverFailure = 2
  case noSuchName = 3
  case notImplemented = 4
  case refused = 5
}

/// A message, as far as a stub resolver needs it.
package struct DNSMessage: Sendable, Equatable {
  package var identifier: UInt16
  package var isResponse = false
  /// The answer did not fit: ask again by TCP.
  package var isTruncated = false
  package var code: UInt16 = 0
  package var question: (name: DomainName, type: UInt16)
  package var answers: [Record] = []

  package init(identifier: UInt16, name: DomainName, type: UInt16) {
    self.identifier = identifier
    question = (name, type)
  }

  package static func == (one: DNSMessage, other: DNSMessage) -> Bool {
    one.identifier == other.identifier && one.isResponse == other.isResponse
      && one.isTruncated == other.isTruncated && one.code == other.code
      && one.question == other.question && one.answers == other.answers
  }
}

// MARK: - Writing

extension DNSMessage {
  /// Recursion is asked for in questions. Names are written in full.
  package var encoded: [UInt8] {
    var flags: UInt16 = 0x0100 | code & 15
    if isResponse { flags |= 0x8080 }
    if isTruncated { flags |= 0x0200 }
    var bytes: [UInt8] = []
    for field in [identifier, flags, 1, UInt16(truncatingIfNeeded: answers.count), 0, 0] { bytes.append(field) }
    bytes.append(question.name)
    bytes.append(question.type)
    bytes.append(UInt16(1))
    for record in answers { bytes.append(record) }
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ number: UInt16) {
    append(UInt8(number >> 8))
    append(UInt8(truncatingIfNeeded: number))
  }

  fileprivate mutating func append(_ number: UInt32) {
    append(UInt16(number >> 16))
    append(UInt16(truncatingIfNeeded: number))
  }

  fileprivate mutating func append(_ name: DomainName) {
    for label in name.labels { self += [UInt8(truncatingIfNeeded: label.count)] + label }
    append(UInt8(0))
  }

  fileprivate mutating func append(_ record: Record) {
    append(record.name)
    append(record.data.type.rawValue)
    append(UInt16(1))
    append(record.lifetime)
    var data: [UInt8] = []
    switch record.data {
    case .address(let address): data = address.bytes
    case .alias(let name), .nameServer(let name), .pointer(let name): data.append(name)
    case .mailExchanger(let preference, let host):
      data.append(UInt16(truncatingIfNeeded: preference))
      data.append(host)
    case .text(let text):
      var rest = text[...]
      repeat {
        let piece = rest.prefix(255)
        data += [UInt8(truncatingIfNeeded: piece.count)] + piece
        rest = rest.dropFirst(255)
      } while !rest.isEmpty
    case .authority(let authority):
      data.append(authority.primary)
      data.append(authority.mailbox)
      for number in [authority.serial, authority.refresh, authority.retry, authority.expire, authority.minimum] {
        data.append(number)
      }
    }
    append(UInt16(truncatingIfNeeded: data.count))
    self += data
  }
}

// MARK: - Reading

extension DNSMessage {
  package init?(_ bytes: [UInt8]) {
    var reader = Reader(bytes: bytes)
    guard let identifier = reader.number16(), let flags = reader.number16(), let questions = reader.number16(),
      let answerCount = reader.number16(), reader.number32() != nil, questions == 1,
      let name = reader.name(), let type = reader.number16(), reader.number16() != nil
    else { return nil }
    self.init(identifier: identifier, name: name, type: type)
    isResponse = flags & 0x8000 != 0
    isTruncated = flags & 0x0200 != 0
    code = flags & 15
    for _ in 0..<answerCount {
      guard let record = reader.record() else {
        // What was cut off is asked for again.
        if isTruncated { return }
        return nil
      }
      if case .known(let known) = record { answers.append(known) }
    }
  }

  private struct Reader {
    let bytes: [UInt8]
    var index = 0

    enum Found {
      case known(Record)
      case other
    }

    mutating func number8() -> UInt8? {
      guard index < bytes.count else { return nil }
      defer { index += 1 }
      return bytes[index]
    }

    mutating func number16() -> UInt16? {
      guard let high = number8(), let low = number8() else { return nil }
      return UInt16(high) << 8 | UInt16(low)
    }

    mutating func number32() -> UInt32? {
      guard let high = number16(), let low = number16() else { return nil }
      return UInt32(high) << 16 | UInt32(low)
    }

    mutating func name() -> DomainName? {
      var labels: [[UInt8]] = []
      // Where reading goes on behind the first pointer.
      var behind: Int?
      var lowest = index
      while let length = number8() {
        switch length {
        case 0:
          if let behind { index = behind }
          return labels.isEmpty ? .root : DomainName(labels: labels)
        case 1...63:
          guard index + Int(length) <= bytes.count, labels.count < 128 else { return nil }
          labels.append(Array(bytes[index..<(index + Int(length))]))
          index += Int(length)
        case 0xC0...0xFF:
          guard let low = number8() else { return nil }
          let target = Int(length & 0x3F) << 8 | Int(low)
          guard target < lowest else { return nil }
          behind = behind ?? index
          (index, lowest) = (target, target)
        default: return nil
        }
      }
      return nil
    }

    mutating func record() -> Found? {
      guard let name = name(), let type = number16(), let family = number16(), let lifetime = number32(),
        let length = number16(), index + Int(length) <= bytes.count
      else { return nil }
      let end = index + Int(length)
      defer { index = end }
      guard family == 1, let type = RecordType(rawValue: type) else { return .other }
      guard let data = data(type, end), index <= end else { return nil }
      return .known(Record(name, lifetime: lifetime, data))
    }

    private mutating func data(_ type: RecordType, _ end: Int) -> RecordData? {
      switch type {
      case .a: return end - index == 4 ? .address(.v4(Array(bytes[index..<end]))) : nil
      case .aaaa: return end - index == 16 ? .address(.v6(Array(bytes[index..<end]))) : nil
      case .cname: return name().map { .alias($0) }
      case .ns: return name().map { .nameServer($0) }
      case .ptr: return name().map { .pointer($0) }
      case .mx:
        guard let preference = number16(), let host = name() else { return nil }
        return .mailExchanger(preference: Int(preference), host)
      case .txt:
        var text: [UInt8] = []
        while index < end {
          guard let length = number8(), index + Int(length) <= end else { return nil }
          text += bytes[index..<(index + Int(length))]
          index += Int(length)
        }
        return .text(text)
      case .soa:
        guard let primary = name(), let mailbox = name(), let serial = number32(), let refresh = number32(),
          let retry = number32(), let expire = number32(), let minimum = number32()
        else { return nil }
        var authority = StartOfAuthority(primary: primary, mailbox: mailbox)
        (authority.serial, authority.refresh, authority.retry) = (serial, refresh, retry)
        (authority.expire, authority.minimum) = (expire, minimum)
        return .authority(authority)
      }
    }
  }
}
