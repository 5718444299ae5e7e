// EightBitMail.swift: 8-bit mail for mailers and hosts that take seven bits.
//
//     mailer F=7       parts with 8-bit bytes are encoded, what is left loses the eighth bit
//     mailer F=9       text/plain that is encoded is decoded; what is between parts loses the eighth bit
//     a host without 8BITMIME
//         F=8          as it is
//         .cf          MIME is encoded; what is none is sent as it is under EightBitMode=pass8 unless the
//                      client said BODY=8BITMIME, and made MIME under mimefy and strict
//         main.cf      parts that say they are 8-bit become quoted-printable, unless
//                      disable_mime_output_conversion is set
//
// Fails: never.

import Delivery
import MailAddress
import MailQueue
import Routing
import SendmailCF

/// What a server is told of the bytes of a message.
struct EightBitMail: Sendable {
  /// BODY=8BITMIME, where it is offered.
  var isAnnounced = false
  /// In place of the message where 8BITMIME is not offered.
  var sevenBit: CopyText?
}

/// EightBitMode.
enum EightBitMode: UInt8, Sendable {
  case pass = 0x70
  case mimefy = 0x6D
  case strict = 0x73

  init(_ option: String?) { self = option?.utf8.first.flatMap { Self(rawValue: $0) } ?? .pass }
}

extension QueuedEnvelope {
  /// The client said BODY=8BITMIME.
  var isDeclaredEightBit: Bool { fact(Self.declaredFact) != nil }
  static let declaredFact = "declared"
}

extension CopyText {
  /// With the fields that make MIME of 8-bit text.
  fileprivate func labelled(_ charset: Bytes) -> CopyText {
    let fields =
      Bytes(ascii: "MIME-Version: 1.0\nContent-Type: text/plain; charset=") + charset
      + Bytes(ascii: "\nContent-Transfer-Encoding: 8bit\n")
    return CopyText(header: header.dropLast() + fields + [.newline], body: body)
  }
}

extension LoadedConfiguration {
  /// Under a .cf: the text as a mailer takes it.
  func convert(
    _ copy: inout OutgoingText, for mailer: CFMailer, of outgoing: OutgoingCopy, _ envelope: QueuedEnvelope,
    _ route: Route
  ) {
    // A notice shows the message as it came.
    if case .nowhere = route.destination { return }
    let converter = hostName + Bytes(ascii: " id ") + outgoing.queueID
    let isSevenBit = mailer.flags.contains(0x37)
    if mailer.flags.contains(0x39), !isSevenBit {
      let (header, body) = (copy.text.header, copy.text.fileBody)
      let decoded = EightBitForm.render(header: header, body: body, converter: converter)
      if let text = decoded ?? SevenBitForm.betweenParts(header: header, body: body) { copy.text = CopyText(text) }
    }
    guard envelope.bodyType == .eightBitMIME else { return }
    let isMIME = HeaderBlock(copy.text.header).has(Bytes(ascii: "MIME-Version"))
    let isEncodable = eightBitMode != .pass || isMIME
    let charset = mailer.characterSet.isEmpty ? defaultCharacterSet : mailer.characterSet
    func sevenBit() -> Bytes {
      return SevenBitForm.render(
        header: copy.text.header, body: copy.text.fileBody, converter: converter, charset: charset)
    }
    if isSevenBit {
      copy.text = CopyText((isEncodable ? sevenBit() : copy.text.file).map { $0 & 0x7F })
    } else if !mailer.flags.contains(0x38) {
      copy.eightBit.isAnnounced = eightBitMode == .mimefy
      if isEncodable || envelope.isDeclaredEightBit { copy.eightBit.sevenBit = CopyText(sevenBit()) }
    }
    if eightBitMode == .mimefy, !isMIME, !isSevenBit, !mailer.flags.contains(0x38) {
      copy.text = copy.text.labelled(charset)
    }
    let isInHeader = copy.text.header.contains { $0 > 0x7F }
    copy.eightBit.isAnnounced = copy.eightBit.isAnnounced || isInHeader || envelope.isDeclaredEightBit
  }

  /// Under a main.cf.
  func postfixEightBit(_ text: CopyText, _ envelope: QueuedEnvelope) -> EightBitMail {
    var result = EightBitMail(isAnnounced: envelope.isDeclaredEightBit)
    guard Self.mayDeclare(text) else { return result }
    let body = text.fileBody
    let claims = MIMEDowngrade.claims(header: text.header, body: body)
    guard claims.isEightBit else { return result }
    result.isAnnounced = result.isAnnounced || claims.isPlain
    if postfix?.convertsOutput ?? false {
      result.sevenBit = CopyText(MIMEDowngrade.sevenBit(header: text.header, body: body))
    }
    return result
  }

  /// Whether a look at the parts is worth while.
  private static func mayDeclare(_ text: CopyText) -> Bool {
    let header = HeaderBlock(text.header)
    if header.has(Bytes(ascii: "Content-Transfer-Encoding")) { return true }
    guard let type = header.first(Bytes(ascii: "Content-Type"))?.body.trimmed.lowercased else { return false }
    return type.starts(with: Bytes(ascii: "multipart/")) || type.starts(with: Bytes(ascii: "message/"))
  }
}
