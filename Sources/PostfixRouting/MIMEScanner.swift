// MIMEScanner.swift: which lines of a message are header fields, and of what.
//
//     primary ── empty line ──► body ── --boundary ──► part ── empty line ──► body …
//                                                       └ message/rfc822 ──► nested ──► body …
//
// A line at a time, as cleanup(8) reads it: the nearest open multipart whose boundary a line
// begins with counts. Where MIME is not looked at, all behind the first header is body.
//
// Fails: never; what is no MIME is body.

import MailAddress

struct MIMEScanner: Sendable {
  /// Where a line or a field stands.
  enum Place: Sendable {
    case primary, part, nested, body
  }

  private struct Multipart: Sendable {
    let boundary: Bytes
    let isDigest: Bool
  }

  private enum Content {
    case text, message
    case multipart(Multipart)
  }

  private(set) var place = Place.primary
  private let readsMIME: Bool
  private let mostNested: Int
  private var open: [Multipart] = []
  private var content = Content.text

  init(readsMIME: Bool, mostNested: Int) {
    self.readsMIME = readsMIME
    self.mostNested = mostNested
  }

  /// Takes note of a field of a header that is being read.
  mutating func read(field name: Bytes, _ value: ArraySlice<UInt8>) {
    guard readsMIME, name.equalsIgnoringCase(Bytes(ascii: "content-type")) else { return }
    let words = ContentType(value)
    if words.type.elementsEqual("multipart".utf8), let boundary = words.boundary {
      content = .multipart(Multipart(boundary: boundary, isDigest: words.subtype.elementsEqual("digest".utf8)))
    } else if words.type.elementsEqual("message".utf8), words.subtype.elementsEqual("rfc822".utf8) {
      content = .message
    } else {
      content = .text
    }
  }

  /// The header that is being read ends.
  mutating func endHeader() {
    switch content {
    case .multipart(let part) where open.count < mostNested:
      open.append(part)
      place = .body
    case .message where open.count < mostNested: place = .nested
    default: place = .body
    }
    content = .text
  }

  /// Takes note of a line of a body.
  mutating func read(bodyLine line: ArraySlice<UInt8>) {
    guard !open.isEmpty, line.starts(with: "--".utf8) else { return }
    let text = line.dropFirst(2)
    guard let index = open.lastIndex(where: { text.starts(with: $0.boundary) }) else { return }
    open.removeLast(open.count - 1 - index)
    if text.dropFirst(open[index].boundary.count).starts(with: "--".utf8) {
      open.removeLast()
    } else {
      content = open[index].isDigest ? .message : .text
      place = .part
    }
  }
}

/// `multipart/mixed; boundary="x"`, as far as it tells parts.
private struct ContentType {
  let type, subtype: Bytes
  var boundary: Bytes?

  init(_ value: ArraySlice<UInt8>) {
    let parameters = FieldParameters.elements(value)
    let words = (parameters.first ?? []).split(separator: 0x2F, maxSplits: 1)
    type = Bytes(words.first ?? []).trimmed.lowercased
    subtype = words.count > 1 ? Bytes(words[1]).trimmed.lowercased : []
    boundary = FieldParameters.boundary(in: parameters)
  }
}
