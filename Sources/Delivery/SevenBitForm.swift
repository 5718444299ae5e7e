// SevenBitForm.swift: an 8-bit message for a mailer or host that takes 7-bit ones, as sendmail
// makes it.
//
//     a part with 8-bit bytes    quoted-printable, or base64 where more than an eighth is 8-bit
//     a part without             as it is
//     multipart/signed           as it is, with all its parts
//     what is between parts      loses the eighth bit
//
// Each part's field for its encoding moves to the end of its header.
//
// Fails: never.

import MailAddress

package struct SevenBitForm {
  /// `test.example id 6AQ…`, as X-MIME-Autoconverted shows it.
  private let converter: Bytes
  private var cursor: LineCursor
  private var boundaries: [Bytes] = []
  private var result: Bytes = []
  /// As many bytes of a part tell how it is encoded.
  private static let sample = 4096
  private var depth = 0
  /// Deeper parts are text.
  private static let mostNested = 20

  /// - Parameters:
  ///   - header: with the empty line behind it; lines end in LF, as those of the body.
  ///   - charset: of a message that is none of MIME.
  package static func render(header: Bytes, body: Bytes, converter: Bytes, charset: Bytes) -> Bytes {
    var form = SevenBitForm(converter, header + body)
    var fields = MIMEFields(form.cursor.header { _ in false })
    if !fields.hasVersion {
      fields.append(Bytes(ascii: "MIME-Version: 1.0"))
      fields.append(Bytes(ascii: "Content-Type: text/plain; charset=") + charset)
    }
    form.section(fields, isWhole: false)
    return form.result
  }

  private init(_ converter: Bytes, _ text: Bytes) {
    self.converter = converter
    cursor = LineCursor(text[...])
    result.reserveCapacity(text.count + text.count / 2)
  }

  private enum Mark {
    case none
    case next(Int)
    case last(Int)
  }

  private func mark(_ line: ArraySlice<UInt8>) -> Mark {
    guard line.starts(with: "--".utf8), !boundaries.isEmpty else { return .none }
    var text = line.dropFirst(2)
    while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
    if let index = boundaries.lastIndex(where: { text.elementsEqual($0) }) { return .next(index) }
    guard text.suffix(2).elementsEqual("--".utf8) else { return .none }
    return boundaries.lastIndex { text.dropLast(2).elementsEqual($0) }.map { .last($0) } ?? .none
  }

  private func isMark(_ line: ArraySlice<UInt8>) -> Bool { if case .none = mark(line) { false } else { true } }

  /// A header and what is below it, up to a boundary that is open or the end.
  ///
  /// - Parameter isWhole: whether nothing is to be encoded.
  private mutating func section(_ given: MIMEFields, isWhole: Bool) {
    depth += 1
    defer { depth -= 1 }
    var fields = given
    fields.removeEncoding()
    guard depth <= Self.mostNested else { return leaf(fields, encoding: given.encoding, isWhole: isWhole) }
    let isWhole = isWhole || fields.isOf("multipart", "signed")
    if fields.isOf("multipart"), let boundary = fields.boundary {
      put(fields)
      parts(boundary, isDigest: fields.isOf("multipart", "digest"), isWhole: isWhole)
    } else if fields.isOf("message", "rfc822") {
      put(fields)
      var inner = MIMEFields(header())
      if !inner.hasVersion, !isWhole { inner.append(Bytes(ascii: "MIME-Version: 1.0")) }
      section(inner, isWhole: isWhole)
    } else {
      leaf(fields, encoding: given.encoding, isWhole: isWhole || fields.isOf("message"))
    }
  }

  private mutating func parts(_ boundary: Bytes, isDigest: Bool, isWhole: Bool) {
    boundaries.append(boundary)
    let own = boundaries.count - 1
    stripped()
    while let line = cursor.peek, case .next(own) = mark(line) {
      _ = cursor.next()
      put(([0x2D, 0x2D] + boundary)[...])
      section(MIMEFields(header(), isDigest: isDigest), isWhole: isWhole)
    }
    if let line = cursor.peek, case .last(own) = mark(line) {
      _ = cursor.next()
      put(([0x2D, 0x2D] + boundary + [0x2D, 0x2D])[...])
      boundaries.removeLast()
      stripped()
    } else {
      boundaries.removeLast()
    }
  }

  private mutating func header() -> [ArraySlice<UInt8>] {
    let form = self
    return cursor.header { form.isMark($0) }
  }

  /// Lines between parts.
  private mutating func stripped() {
    while let line = cursor.peek, !isMark(line) {
      _ = cursor.next()
      put(line.map { $0 & 0x7F }[...])
    }
  }

  private mutating func leaf(_ header: MIMEFields, encoding: Bytes?, isWhole: Bool) {
    var fields = header
    var lines: [ArraySlice<UInt8>] = []
    while let line = cursor.peek, !isMark(line) {
      lines.append(line)
      _ = cursor.next()
    }
    guard !isWhole, let name = Self.encoding(for: lines) else {
      if let encoding { fields.append(Bytes(ascii: "Content-Transfer-Encoding: ") + encoding) }
      put(fields)
      for line in lines { put(line) }
      return
    }
    fields.append(Bytes("Content-Transfer-Encoding: \(name)".utf8))
    fields.append(Bytes("X-MIME-Autoconverted: from 8bit to \(name) by ".utf8) + converter)
    put(fields)
    if name == "base64" {
      // The line end before a boundary is the boundary's.
      let end: Bytes = boundaries.isEmpty || cursor.peek == nil ? [.newline] : []
      put(TransferEncoding.base64((Bytes(lines.joined(separator: [.newline])) + end)[...])[...])
    } else {
      for line in lines { put(TransferEncoding.quotedBySendmail(line)[...]) }
    }
  }

  /// nil where all is in seven bits.
  private static func encoding(for lines: [ArraySlice<UInt8>]) -> String? {
    var (size, high) = (0, 0)
    for line in lines {
      for byte in line where byte > 0x7F { high += 1 }
      size += line.count + 1
      if size >= sample { break }
    }
    guard high > 0 else { return nil }
    return size / 8 < high ? "base64" : "quoted-printable"
  }

  private mutating func put(_ fields: MIMEFields) {
    for line in fields.lines { put(line[...]) }
    result.append(.newline)
  }

  private mutating func put(_ line: ArraySlice<UInt8>) {
    result += line
    result.append(.newline)
  }
}
