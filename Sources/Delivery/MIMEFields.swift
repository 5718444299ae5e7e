// MIMEFields.swift: what a header says of the body below it (RFC 2045): type, encoding,
// boundary; and the lines of a text.
//
// Fails: never; what is not understood is text/plain.

import MailAddress

/// Fields of one header section, each with its folds, and what they say.
struct MIMEFields {
  private(set) var lines: [Bytes]
  private(set) var type = Bytes(ascii: "text")
  private(set) var subtype = Bytes(ascii: "plain")
  private(set) var boundary: Bytes?
  /// As written, without comments; nil where there is no such field.
  private(set) var encoding: Bytes?
  private(set) var hasVersion = false

  private static let encodingName = Bytes(ascii: "content-transfer-encoding")

  /// - Parameters:
  ///   - lines: of the header, without line ends.
  ///   - isDigest: a part of a digest is a message where it does not say otherwise.
  init(_ lines: some Sequence<ArraySlice<UInt8>>, isDigest: Bool = false) {
    var fields: [Bytes] = []
    for line in lines {
      if line.first == 0x20 || line.first == 0x09, let last = fields.indices.last {
        fields[last] += [.newline] + line
      } else {
        fields.append(Bytes(line))
      }
    }
    self.lines = fields
    if isDigest { (type, subtype) = (Bytes(ascii: "message"), Bytes(ascii: "rfc822")) }
    for field in fields {
      guard let (name, value) = field.split(atFirst: .colon) else { continue }
      switch name.trimmed.lowercased {
      case Bytes(ascii: "content-type"): readType(value)
      case Self.encodingName: encoding = FieldParameters.elements(value).first?.trimmed
      case Bytes(ascii: "mime-version"): hasVersion = true
      default: break
      }
    }
  }

  func isOf(_ type: String, _ subtype: String? = nil) -> Bool {
    self.type.elementsEqual(type.utf8) && subtype.map { self.subtype.elementsEqual($0.utf8) } ?? true
  }

  func isEncoded(_ encodings: String...) -> Bool {
    encodings.contains { encoding?.equalsIgnoringCase(Bytes($0.utf8)) ?? false }
  }

  /// A field for the encoding holds that word alone.
  var hasPlainEncoding: Bool {
    lines.contains { line in
      guard let encoding, Self.isEncoding(line), let value = line.split(atFirst: .colon)?.after else { return false }
      return value.drop { $0 == 0x20 || $0 == 0x09 }.elementsEqual(encoding)
    }
  }

  private static func isEncoding(_ line: Bytes) -> Bool {
    line.split(atFirst: .colon)?.before.trimmed.equalsIgnoringCase(encodingName) ?? false
  }

  mutating func removeEncoding() { lines.removeAll(where: Self.isEncoding) }

  mutating func append(_ line: Bytes) { lines.append(line) }

  private mutating func readType(_ value: Bytes) {
    let elements = FieldParameters.elements(value)
    guard let (type, subtype) = elements.first?.split(atFirst: .slash) else { return }
    (self.type, self.subtype) = (type.trimmed.lowercased, subtype.trimmed.lowercased)
    boundary = FieldParameters.boundary(in: elements) ?? boundary
  }
}

/// Lines of a text, taken one after the other.
struct LineCursor {
  private var rest: ArraySlice<UInt8>
  /// Whether the line taken last had its end.
  private(set) var wasEnded = true

  init(_ text: ArraySlice<UInt8>) { rest = text }

  /// Without its end.
  mutating func next() -> ArraySlice<UInt8>? {
    guard !rest.isEmpty else { return nil }
    let end = rest.firstIndex(of: .newline)
    wasEnded = end != nil
    defer { rest = end.map { rest[($0 + 1)...] } ?? rest[rest.endIndex...] }
    return rest[..<(end ?? rest.endIndex)]
  }

  var peek: ArraySlice<UInt8>? { rest.isEmpty ? nil : rest.prefix { $0 != .newline } }

  /// The lines up to an empty one, which goes, too.
  mutating func header(until isEnd: (ArraySlice<UInt8>) -> Bool) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    while let line = peek, !isEnd(line) {
      _ = next()
      if line.isEmpty { break }
      lines.append(line)
    }
    return lines
  }
}
