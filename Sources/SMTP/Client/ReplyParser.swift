// ReplyParser.swift: a server's bytes, divided into replies.
//
//     250-mail.example        one reply of two lines;
//     250 SIZE 1000           its text keeps the line end between them
//
// A reply line may end in LF alone: nobody is led astray by it here.
//
// Fails: with a fault where a line is no reply, or where a server goes on for longer
// than any does.

import MailAddress
import Routing

package struct ReplyParser: Sendable {
  package enum Fault: Error, Sendable, Equatable {
    case notAReply(Bytes)
    case tooLong
  }

  /// RFC 5321 (4.5.3.1.5) says 512; servers put whole explanations into a line.
  private static let lineLimit = 4096
  private static let lineCountLimit = 500

  private var input: ArraySlice<UInt8> = []
  private var scanned = 0
  private var lines: [Bytes] = []
  private var enhancedCode: String?

  package init() {}

  package mutating func feed(_ bytes: ArraySlice<UInt8>) {
    if input.isEmpty {
      input = bytes
      scanned = bytes.startIndex
    } else {
      input += bytes
    }
  }

  /// Bytes that came before a TLS handshake are not the server's.
  package mutating func discard() { self = ReplyParser() }

  /// The next whole reply; nil where there is none yet.
  package mutating func next() throws(Fault) -> Reply? {
    while let end = input.next(.newline, from: scanned) {
      let line = input[..<end]
      input = input[(end + 1)...]
      scanned = input.startIndex
      if let reply = try read(line.last == .carriageReturn ? line.dropLast() : line) { return reply }
    }
    scanned = input.endIndex
    if input.count > Self.lineLimit { throw .tooLong }
    return nil
  }

  private mutating func read(_ line: ArraySlice<UInt8>) throws(Fault) -> Reply? {
    guard line.count <= Self.lineLimit, lines.count < Self.lineCountLimit else { throw .tooLong }
    guard line.count >= 3, let code = Array(line.prefix(3)).decimalValue, (200..<600).contains(code) else {
      throw .notAReply(Array(line.prefix(100)).printable)
    }
    let mark = line.dropFirst(3).first
    guard mark == nil || mark == .blank || mark == .hyphen else {
      throw .notAReply(Array(line.prefix(100)).printable)
    }
    lines.append(text(line.dropFirst(4), code))
    guard mark != .hyphen else { return nil }
    defer {
      lines = []
      enhancedCode = nil
    }
    return Reply(code, enhancedCode, Array(lines.joined(separator: [.newline])))
  }

  /// The text of a line; an enhanced code that fits the code is taken off and kept.
  private mutating func text(_ line: ArraySlice<UInt8>, _ code: Int) -> Bytes {
    let word = line.prefix { $0 != .blank }
    let parts = word.split(separator: .dot, omittingEmptySubsequences: false)
    let isEnhanced =
      parts.count == 3 && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isDigit) }
      && parts[0].count == 1 && parts[0].first == 0x30 + UInt8(code / 100)
    guard isEnhanced else { return Array(line) }
    enhancedCode = Array(word).text
    return Array(line[word.endIndex...].dropFirst())
  }
}
