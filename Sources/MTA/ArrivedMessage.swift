// ArrivedMessage.swift: a message of the queue, divided into the fields of its header and a body.
//
// Once a message; each copy then gets a header of its own.

import Delivery
import MailAddress
import Routing

struct ArrivedMessage: Sendable {
  let fields: [HeaderField]
  /// Without the empty line before it; lines end in CR LF.
  let body: Bytes

  init(_ content: Bytes) {
    let block = HeaderBlock(content)
    fields = block.fields.map { HeaderField(name: $0.name, body: LineEnds.toFile($0.body)) }
    body = block.body
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
    return CopyText(header: text, body: body)
  }
}

/// The bytes of a copy, in the forms that agents take.
struct CopyText: Sendable {
  /// Lines end in LF.
  let header: Bytes
  /// Lines end in CR LF.
  let body: Bytes

  /// With line ends of files.
  var file: Bytes { header + [.newline] + LineEnds.toFile(body) }

  /// With line ends of the network; a line longer than the limit is broken as the form says.
  func network(_ form: MessageForm) -> Bytes {
    let head = LineEnds.toNetwork(header)
    if let limit = form.lineLimit, Self.hasLine(longerThan: limit, in: head) || Self.hasLine(longerThan: limit, in: body) {
      return form.render(file)
    }
    return head + [0x0D, .newline] + body
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
