// MIMEDowngrade.swift: an 8-bit message for a host that takes 7-bit ones, as smtp(8) makes it.
//
//     Content-Transfer-Encoding: 8bit ─► quoted-printable, whatever the part's bytes are
//                                        7bit where the field stands above other parts
//
// What the fields say counts, not the bytes: a part that does not say that it is 8-bit is
// left as it is.
//
// Fails: never.

import MailAddress

package struct MIMEDowngrade {
  private var cursor: LineCursor
  private var boundaries: [(text: Bytes, isDigest: Bool)] = []
  private var result: Bytes = []
  private var isDeclared = false
  private var depth = 0
  /// Deeper messages are text (mime_nesting_limit).
  private static let mostNested = 100

  /// Whether a field of the message says that there are 8-bit parts.
  package static func declaresEightBit(header: Bytes, body: Bytes) -> Bool {
    var downgrade = MIMEDowngrade(header, body)
    downgrade.run()
    return downgrade.isDeclared
  }

  /// - Parameters:
  ///   - header: with the empty line behind it; lines end in LF.
  ///   - body: lines end in LF.
  package static func sevenBit(header: Bytes, body: Bytes) -> Bytes {
    var downgrade = MIMEDowngrade(header, body)
    downgrade.run()
    return downgrade.result
  }

  private init(_ header: Bytes, _ body: Bytes) {
    cursor = LineCursor((header + body)[...])
    result.reserveCapacity(header.count + body.count + body.count / 2)
  }

  private mutating func run() {
    var isQuoted = readHeader(isDigest: false)
    while let line = cursor.next() {
      if let index = boundary(line) {
        put(line)
        let isLast = line.dropFirst(2 + boundaries[index].text.count).starts(with: "--".utf8)
        boundaries.removeLast(boundaries.count - index - (isLast ? 0 : 1))
        isQuoted = isLast ? false : readHeader(isDigest: boundaries[index].isDigest)
      } else {
        put(isQuoted ? TransferEncoding.quotedByPostfix(line)[...] : line)
      }
    }
  }

  /// - Returns: whether the body below is to be quoted.
  private mutating func readHeader(isDigest: Bool) -> Bool {
    let open = boundaries.map(\.text)
    var fields = MIMEFields(
      cursor.header { line in line.starts(with: "--".utf8) && open.contains { line.dropFirst(2).starts(with: $0) } },
      isDigest: isDigest)
    let isEightBit = fields.isEncoded("8bit", "binary")
    let isCompound = fields.isOf("multipart") || fields.isOf("message")
    if isEightBit {
      isDeclared = true
      fields.removeEncoding()
      fields.append(Bytes("Content-Transfer-Encoding: \(isCompound ? "7bit" : "quoted-printable")".utf8))
    }
    for line in fields.lines { put(line[...]) }
    result.append(.newline)
    if fields.isOf("multipart"), let boundary = fields.boundary, boundaries.count < Self.mostNested {
      boundaries.append((boundary, fields.isOf("multipart", "digest")))
      return false
    }
    if fields.isOf("message", "rfc822"), depth < Self.mostNested {
      depth += 1
      defer { depth -= 1 }
      return readHeader(isDigest: false)
    }
    return isEightBit
  }

  private func boundary(_ line: ArraySlice<UInt8>) -> Int? {
    guard line.starts(with: "--".utf8) else { return nil }
    return boundaries.lastIndex { line.dropFirst(2).starts(with: $0.text) }
  }

  private mutating func put(_ line: ArraySlice<UInt8>) {
    result += line
    if cursor.wasEnded { result.append(.newline) }
  }
}
