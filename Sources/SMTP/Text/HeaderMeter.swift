// HeaderMeter.swift: how long a message's header is and how often it was received.
//
// The header ends at the first line that is none of a header: an empty one, or text. Each host on the way adds a Received:
// line, so their number tells a loop.

import MailAddress

package struct HeaderMeter: Sendable {
  /// What the line being read has shown itself to be: `name`, perhaps with white space behind it, is
  /// a field's once a colon follows.
  private enum Line: Sendable {
    case name, blanks, field, text
  }

  /// Bytes of the header's whole lines, without the empty one behind it.
  package private(set) var size = 0
  /// Bytes of it so far, also of a line that has no end yet.
  package var sizeSoFar: Int { size + (line == .field ? lineLength : 0) }
  /// Lines that begin with `Received:`.
  package private(set) var hops = 0
  package private(set) var hasEnded = false

  /// How much of `received:` the line being read matches; nil once it differs.
  private var matched: Int? = 0
  private var lineLength = 0
  private var line = Line.name

  private static let name = Array("received:".utf8)

  package init() {}

  /// Reads the next part of the content, whose lines end in CR LF.
  package mutating func read(_ content: ArraySlice<UInt8>) {
    var rest = content
    while !hasEnded, !rest.isEmpty {
      let end = rest.next(.newline, from: rest.startIndex)
      match(rest[..<(end ?? rest.endIndex)])
      guard let end else { return }
      finishLine()
      rest = rest[(end + 1)...]
    }
  }

  /// The number of Received: lines of a header.
  package static func hops(in header: Bytes) -> Int {
    var meter = HeaderMeter()
    meter.read(header[...])
    return meter.hops
  }

  private mutating func match(_ text: ArraySlice<UInt8>) {
    // White space goes on with the field before it.
    if lineLength == 0, size > 0, text.first.map({ $0 == .blank || $0 == 0x09 }) ?? false { line = .field }
    for byte in text {
      guard line == .name || line == .blanks else { break }
      advance(byte)
    }
    lineLength += text.count
    guard var count = matched else { return }
    for byte in text where count < Self.name.count {
      guard byte.lowercased == Self.name[count] else {
        matched = nil
        return
      }
      count += 1
    }
    matched = count
  }

  private mutating func advance(_ byte: UInt8) {
    switch byte {
    case .colon: line = .field
    case .blank, 0x09: line = .blanks
    case 0x21...0xFF where line == .name: break
    default: line = .text
    }
  }

  private mutating func finishLine() {
    if line == .field {
      size += lineLength + 1
      if matched == Self.name.count { hops += 1 }
    } else {
      hasEnded = true
    }
    matched = 0
    lineLength = 0
    line = .name
  }
}
