// EightBitForm.swift: text in quoted-printable or base64 as it is, for a mailer that takes 8-bit
// text (sendmail's F=9).
//
// Only a message of text/plain is decoded, no parts of one.
//
// Fails: nil where there is nothing to decode.

import MailAddress

package enum EightBitForm {
  /// - Parameters:
  ///   - header: with the empty line behind it; lines end in LF, as those of the body.
  ///   - converter: as X-MIME-Autoconverted shows it.
  package static func render(header: Bytes, body: Bytes, converter: Bytes) -> Bytes? {
    var cursor = LineCursor(header[...])
    var fields = MIMEFields(cursor.header { _ in false })
    guard fields.isOf("text", "plain"), saysPlain(fields), let encoding = fields.encoding else { return nil }
    let text: Bytes
    if fields.isEncoded("quoted-printable") {
      text = TransferEncoding.unquoted(body)
    } else if fields.isEncoded("base64") {
      text = TransferEncoding.unbase64(body)
    } else {
      return nil
    }
    fields.removeEncoding()
    fields.append(Bytes(ascii: "Content-Transfer-Encoding: 8bit"))
    fields.append(Bytes(ascii: "X-MIME-Autoconverted: from ") + encoding + Bytes(ascii: " to 8bit by ") + converter)
    return Bytes(fields.lines.joined(separator: [.newline])) + [.newline, .newline] + text
  }

  /// A type has to be there: text by default is left alone.
  private static func saysPlain(_ fields: MIMEFields) -> Bool {
    fields.lines.contains { line in
      line.split(atFirst: .colon)?.before.trimmed.equalsIgnoringCase(Bytes(ascii: "content-type")) ?? false
    }
  }
}
