// SMTPCommand.swift: the words that begin a command line, and the line divided.

import MailAddress

package enum SMTPCommand: String, Sendable, Hashable, CaseIterable {
  case hello = "HELO"
  case extendedHello = "EHLO"
  case localHello = "LHLO"
  case sender = "MAIL"
  case recipient = "RCPT"
  case data = "DATA"
  case chunk = "BDAT"
  case reset = "RSET"
  case noop = "NOOP"
  case quit = "QUIT"
  case verify = "VRFY"
  case expand = "EXPN"
  case remoteQueue = "ETRN"
  case help = "HELP"
  case startTLS = "STARTTLS"
  case authenticate = "AUTH"
  case xclient = "XCLIENT"
  case xforward = "XFORWARD"
  case verbose = "VERB"
  case send = "SEND"
  case sendOrMail = "SOML"
  case sendAndMail = "SAML"
  case turn = "TURN"

  /// Nothing is to come behind it before the answer (RFC 2920, section 3.1).
  var isLastOfGroup: Bool {
    switch self {
    case .hello, .extendedHello, .localHello, .data, .noop, .verify, .expand, .startTLS, .authenticate: true
    default: false
    }
  }

  /// May come where TLS is required and not there yet.
  var isBeforeTLS: Bool {
    switch self {
    case .hello, .extendedHello, .localHello, .noop, .quit, .startTLS, .xclient: true
    default: false
    }
  }
}

/// A command line, divided.
struct CommandLine {
  /// As it came, without its end.
  var written: ArraySlice<UInt8>
  /// Without white space at both ends.
  var text: ArraySlice<UInt8>
  /// The first word, in capital letters.
  var word: String
  var argument: ArraySlice<UInt8>
  var command: SMTPCommand? { SMTPCommand(rawValue: word) }

  init(_ line: ArraySlice<UInt8>) {
    var text = line.drop { $0.isWhiteSpace }
    while text.last?.isWhiteSpace ?? false { text.removeLast() }
    let end = text.firstIndex { $0.isWhiteSpace } ?? text.endIndex
    written = line
    self.text = text
    // No command is longer, and a long word need not become a string.
    word = String(decoding: text[..<min(end, text.startIndex + 16)].map(\.uppercased), as: UTF8.self)
    argument = text[end...].drop { $0.isWhiteSpace }
  }
}
