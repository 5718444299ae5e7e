// DER.swift: what we read of a certificate ourselves (X.690, RFC 5280).
//
//     Certificate ─► tbs ─► [0] version, serial, algorithm, issuer, validity, subject, key
//
// NIOSSL verifies certificates and does not tell who issued them, nor what kind of key they hold.
//
// Fails: nil for what is not DER, cut off, or longer than its container.

/// The elements of one container, in turn.
struct DERReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  struct Element {
    var tag: UInt8
    var body: ArraySlice<UInt8>
  }

  mutating func next() -> Element? {
    guard let tag = rest.popFirst(), tag & 0x1F != 0x1F, let first = rest.popFirst() else { return nil }
    var length = Int(first)
    if first >= 0x80 {
      // Four bytes of length are more than any certificate has.
      let count = Int(first & 0x7F)
      guard (1...4).contains(count), rest.count >= count else { return nil }
      length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(count)
    }
    guard length <= rest.count else { return nil }
    defer { rest = rest.dropFirst(length) }
    return Element(tag: tag, body: rest.prefix(length))
  }

  /// The next element, which must be of this kind.
  mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
    guard let element = next(), element.tag == tag else { return nil }
    return element.body
  }

  static let integer: UInt8 = 0x02
  static let bitString: UInt8 = 0x03
  static let objectIdentifier: UInt8 = 0x06
  static let sequence: UInt8 = 0x30
  static let set: UInt8 = 0x31
}

/// A distinguished name.
package struct DistinguishedName {
  /// OpenSSL's one-line form: `/C=DE/CN=mail.example`.
  package private(set) var line: [UInt8] = []
  /// The last one.
  package private(set) var commonName: [UInt8]?

  package init?(_ body: ArraySlice<UInt8>) {
    var sets = DERReader(body)
    while let set = sets.next() {
      guard set.tag == DERReader.set else { return nil }
      var attributes = DERReader(set.body)
      // Attributes that make one part of the name together.
      var separator: UInt8 = 0x2F
      while let attribute = attributes.next() {
        var parts = DERReader(attribute.body)
        guard let type = parts.next(DERReader.objectIdentifier), let value = parts.next()?.body else { return nil }
        let name = Self.names[Array(type)] ?? Self.dotted(type)
        if name == "CN" { commonName = Array(value) }
        line += [separator] + Array(name.utf8) + [0x3D] + value.flatMap(Self.shown)
        separator = 0x2B
      }
    }
  }

  private static func shown(_ byte: UInt8) -> [UInt8] {
    if (0x20...0x7E).contains(byte) { return [byte] }
    let digits = Array("0123456789ABCDEF".utf8)
    return Array("\\x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
  }

  private static let names: [[UInt8]: String] = [
    [0x55, 4, 3]: "CN", [0x55, 4, 4]: "SN", [0x55, 4, 5]: "serialNumber", [0x55, 4, 6]: "C", [0x55, 4, 7]: "L",
    [0x55, 4, 8]: "ST", [0x55, 4, 9]: "street", [0x55, 4, 10]: "O", [0x55, 4, 11]: "OU", [0x55, 4, 12]: "title",
    [0x55, 4, 13]: "description", [0x55, 4, 42]: "GN",
    [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 1]: "emailAddress",
    [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 25]: "DC",
    [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 1]: "UID",
  ]

  /// `1.2.840`: the first byte holds two numbers, each later number ends with a byte below 128.
  private static func dotted(_ type: ArraySlice<UInt8>) -> String {
    guard let first = type.first else { return "" }
    var numbers = [min(first / 40, 2)].map(UInt64.init)
    numbers.append(UInt64(first) - numbers[0] * 40)
    var number: UInt64 = 0
    for byte in type.dropFirst() {
      number = number << 7 | UInt64(byte & 0x7F)
      if byte < 0x80 {
        numbers.append(number)
        number = 0
      }
    }
    return numbers.map(String.init).joined(separator: ".")
  }
}

/// What a certificate says, as far as we read it.
package struct CertificateText {
  package let subject: DistinguishedName
  package let issuer: DistinguishedName
  /// subjectPublicKeyInfo, without its head.
  package let publicKey: ArraySlice<UInt8>

  package init?(_ encoded: [UInt8]) {
    var outer = DERReader(encoded[...])
    guard let certificate = outer.next(DERReader.sequence) else { return nil }
    var parts = DERReader(certificate)
    guard let signed = parts.next(DERReader.sequence) else { return nil }
    var fields = DERReader(signed)
    guard var field = fields.next() else { return nil }
    // The version may be left out.
    if field.tag == 0xA0 {
      guard let serial = fields.next() else { return nil }
      field = serial
    }
    guard field.tag == DERReader.integer, fields.next(DERReader.sequence) != nil,
      let issuer = fields.next(DERReader.sequence).flatMap({ DistinguishedName($0) }),
      fields.next(DERReader.sequence) != nil,
      let subject = fields.next(DERReader.sequence).flatMap({ DistinguishedName($0) }),
      let publicKey = fields.next(DERReader.sequence)
    else { return nil }
    (self.issuer, self.subject, self.publicKey) = (issuer, subject, publicKey)
  }

  /// The kind of its key.
  package enum Key: Equatable {
    case rsa(bits: Int)
    case curve(String)
    case other
  }

  package var key: Key {
    var fields = DERReader(publicKey)
    guard let algorithm = fields.next(DERReader.sequence), let bits = fields.next(DERReader.bitString) else {
      return .other
    }
    var parts = DERReader(algorithm)
    switch parts.next(DERReader.objectIdentifier).map(Array.init) {
    case [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1]:
      // Behind the count of unused bits.
      var outer = DERReader(bits.dropFirst())
      guard let numbers = outer.next(DERReader.sequence) else { return .other }
      var reader = DERReader(numbers)
      guard let modulus = reader.next(DERReader.integer)?.drop(while: { $0 == 0 }), let first = modulus.first else {
        return .other
      }
      return .rsa(bits: modulus.count * 8 - first.leadingZeroBitCount)
    case [0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]:
      switch parts.next(DERReader.objectIdentifier).map(Array.init) {
      case [0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7]: return .curve("prime256v1")
      case [0x2B, 0x81, 0x04, 0, 0x22]: return .curve("secp384r1")
      case [0x2B, 0x81, 0x04, 0, 0x23]: return .curve("secp521r1")
      default: return .other
      }
    default: return .other
    }
  }
}
