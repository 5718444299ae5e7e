// MessageForm.swift: one message in the bytes that a mailer takes.
//
//     From sender  Thu Nov 26 14:56:04 2026        the From line, where the mailer wants one
//     Return-Path: <sender>                        fields that the agent adds
//     Subject: hello                               the message
//
//     >From here on                                quoted, where a From line would divide
//                                                  an empty line, where messages follow on
//
// Inside, lines end with LF. The end of line of sendmail's `E=` and the limit of `L=` (a
// longer line is broken after `!` and goes on behind a blank) are applied last; smtp(8)
// breaks without the `!`.
//
// Fails: never; every byte of the message is kept.

import MailAddress

/// How a mailer wants the bytes of a message.
package struct MessageForm: Sendable, Equatable {
  /// Without its line end; nil where the mailer takes none.
  package var fromLine: Bytes?
  /// `>` before each line that begins with `From `.
  package var quotesFromLines = false
  /// `.` before each line that begins with one, as BSMTP wants it.
  package var quotesDots = false
  package var endsWithEmptyLine = false
  package var lineEnd: Bytes = [.newline]
  /// The most bytes a line may have, `!` included; nil for no limit.
  package var lineLimit: Int?
  /// Whether `!` ends a line that goes on.
  package var marksBreaks = true

  package init() {}

  /// What a mailbox file takes.
  package static func mailbox(fromLine: Bytes) -> MessageForm {
    var form = MessageForm()
    form.fromLine = fromLine
    form.quotesFromLines = true
    form.endsWithEmptyLine = true
    return form
  }

  /// The message as the mailer takes it.
  package func render(_ message: Bytes) -> Bytes {
    var result: Bytes = []
    result.reserveCapacity(message.count + message.count / 16 + 128)
    if let fromLine { append(fromLine[...], to: &result) }
    var rest = message[...]
    while let end = rest.firstIndex(of: .newline) {
      appendQuoted(rest[..<end], to: &result)
      rest = rest[(end + 1)...]
    }
    if !rest.isEmpty { appendQuoted(rest, to: &result) }
    if endsWithEmptyLine { result += lineEnd }
    return result
  }

  private static let from = Bytes(ascii: "From ")

  private func appendQuoted(_ line: ArraySlice<UInt8>, to result: inout Bytes) {
    if quotesFromLines, line.starts(with: Self.from) {
      append([0x3E] + line, to: &result)
    } else if quotesDots, line.first == .dot {
      append([.dot] + line, to: &result)
    } else {
      append(line, to: &result)
    }
  }

  private func append(_ line: ArraySlice<UInt8>, to result: inout Bytes) {
    var rest = line
    // One byte, the `!` and the blank are the least that gets on.
    if let limit = lineLimit.map({ max($0, 3) }) {
      var isContinued = false
      while rest.count + (isContinued ? 1 : 0) > limit {
        let room = limit - (isContinued ? 1 : 0) - (marksBreaks ? 1 : 0)
        if isContinued { result.append(0x20) }
        result += rest.prefix(room)
        if marksBreaks { result.append(.bang) }
        result += lineEnd
        rest = rest.dropFirst(room)
        isContinued = true
      }
      if isContinued { result.append(0x20) }
    }
    result += rest
    result += lineEnd
  }
}

/// Line ends of the network and of files.
package enum LineEnds {
  /// CRLF to LF; a CR alone stays.
  package static func toFile(_ text: Bytes) -> Bytes {
    var result: Bytes = []
    result.reserveCapacity(text.count)
    for (index, byte) in text.enumerated() {
      if byte == 0x0D, index + 1 < text.count, text[index + 1] == .newline { continue }
      result.append(byte)
    }
    return result
  }

  /// LF to CRLF; one that has its CR stays as it is.
  package static func toNetwork(_ text: Bytes) -> Bytes {
    var result: Bytes = []
    result.reserveCapacity(text.count + text.count / 32)
    var previous: UInt8 = 0
    for byte in text {
      if byte == .newline, previous != 0x0D { result.append(0x0D) }
      result.append(byte)
      previous = byte
    }
    return result
  }
}
