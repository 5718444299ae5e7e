// ArrivedMessage.swift: a message of the queue, divided into the fields of its header and a body.
//
// Once a message; each copy then gets a header of its own.

import Delivery
import MailAddress
import Routing
import SMTP

struct ArrivedMessage: Sendable {
  let fields: [HeaderField]
  /// Without the empty line before it; lines end in CR LF.
  let body: Bytes
  /// Whether an empty line is between; sendmail writes it where a message has none.
  let isDivided: Bool

  /// A From line that came along is none of the message: sendmail drops it, Postfix makes
  /// such lines fields.
  init(_ content: Bytes, _ voice: Voice) {
    var start = 0
    var lines: [HeaderField] = []
    while Self.isFromLine(content[start...], voice), voice == .postfix || start == 0 {
      let end = content[start...].firstIndex(of: .newline) ?? content.count
      let line = content[start..<end]
      lines.append(HeaderField(name: Self.mailboxLine, body: [0x20] + (line.last == 0x0D ? line.dropLast() : line)))
      start = min(end + 1, content.count)
    }
    let block = HeaderBlock(start > 0 ? Array(content[start...]) : content)
    if voice == .sendmail, let end = block.fields.firstIndex(where: { $0.isNamed(Self.endOfHeader) }) {
      // The line is kept without its end, as sendmail keeps it.
      let line = block.fields[end].raw
      fields = block.fields[..<end].map(Self.field)
      body =
        (line.suffix(2).elementsEqual([0x0D, .newline]) ? line.dropLast(2) : line)
        + block.fields[(end + 1)...].flatMap(\.raw) + block.rest
    } else {
      let own = block.fields.map(Self.field)
      fields = voice == .postfix ? lines + own : own
      body = block.body
    }
    isDivided = voice == .sendmail || !block.rest.isEmpty
  }

  private static func field(_ field: HeaderBlock.Field) -> HeaderField {
    HeaderField(name: field.name, body: LineEnds.toFile(field.body))
  }

  /// A field of this name ends the header section under a sendmail.cf.
  private static let endOfHeader = Bytes(ascii: "text")
  private static let mailboxLine = Bytes(ascii: "X-Mailbox-Line")

  private static func isFromLine(_ text: ArraySlice<UInt8>, _ voice: Voice) -> Bool {
    text.starts(with: "From ".utf8) || voice == .postfix && text.starts(with: ">From ".utf8)
  }

  /// A copy with this header.
  func with(_ header: [HeaderField]) -> CopyText {
    var text: Bytes = []
    text.reserveCapacity(header.reduce(0) { $0 + $1.name.count + $1.body.count + 2 })
    for field in header {
      text += field.name
      text.append(.colon)
      text += field.body
      text.append(.newline)
    }
    return CopyText(header: isDivided ? text + [.newline] : text, body: body)
  }
}

/// The bytes of a copy, in the forms that agents take.
struct CopyText: Sendable {
  /// With the empty line behind it; lines end in LF.
  let header: Bytes
  /// Lines end in CR LF.
  let body: Bytes

  init(header: Bytes, body: Bytes) { (self.header, self.body) = (header, body) }

  /// A text with line ends of files, whose header ends with an empty line.
  init(_ text: Bytes) {
    var end = text.first == .newline ? 1 : text.count
    for index in text.indices.dropFirst() where text[index] == .newline && text[index - 1] == .newline {
      end = index + 1
      break
    }
    self.init(header: Bytes(text[..<end]), body: LineEnds.toNetwork(Bytes(text[end...])))
  }

  var fileBody: Bytes { LineEnds.toFile(body) }

  /// With line ends of files.
  var file: Bytes { header + fileBody }

  /// With line ends of the network; a line longer than the limit is broken as the form says.
  func network(_ form: MessageForm) -> Bytes {
    let head = LineEnds.toNetwork(header)
    if let limit = form.lineLimit,
      Self.hasLine(longerThan: limit, in: head) || Self.hasLine(longerThan: limit, in: body)
    {
      return form.render(file)
    }
    return head + body
  }

  private static func hasLine(longerThan limit: Int, in text: Bytes) -> Bool {
    guard text.count > limit else { return false }
    var start = 0
    while text.count - start > limit {
      // A line that is too long has no end within the limit and its CR LF.
      let window = text[start..<min(start + limit + 2, text.count)]
      guard let end = window.lastIndex(of: .newline) else { return true }
      start = end + 1
    }
    return false
  }
}
