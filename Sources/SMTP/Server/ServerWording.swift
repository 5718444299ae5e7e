// ServerWording.swift: the words of a server, as a table with two columns.
//
// sendmail and Postfix say the same things in other words, and people's scripts and
// log readers know the words. Where one of them has no such reply, its column says
// what it would say in its manner. The comparison with both programs is in
// PeerTests/SMTPDialogueTests.
//
// See `Phrase` for $h, $c, $r, $a and $n.

import MailAddress
import Routing

/// Which program a server speaks like.
package enum Voice: Sendable, CaseIterable {
  case sendmail, postfix
}

package struct ServerWording: Sendable {
  package let voice: Voice
  // Connection.
  /// `$r` is the protocol.
  package let ready: Phrase
  package let hello: Phrase
  /// What is offered, in the order it is listed.
  package let extensions: [ServerExtension]
  package let goodbye: Phrase
  package let denied: Phrase?
  package let shuttingDown: Phrase
  /// nil where the connection is closed without a word.
  package let timeout: Phrase?
  package let dataTimeout: Phrase
  /// The client ends within a message.
  package let dataEnd: Phrase
  // Commands that went well.
  package let ok: Phrase
  package let reset: Phrase
  package let senderOK: Phrase
  package let recipientOK: Phrase
  package let startData: Phrase
  package let queued: Phrase
  package let startTLS: Phrase
  /// nil where HELP is not known.
  package let help: Phrase?
  // Commands at the wrong time.
  package let greetFirst: Phrase
  package let greetFirstToAsk: Phrase
  package let senderTwice: Phrase
  package let senderFirst: Phrase
  package let dataWithoutSender: Phrase
  package let dataWithoutRecipient: Phrase
  package let transactionOpen: Phrase
  // Commands that are not known, not offered or not written well.
  package let unknown: Phrase
  package let empty: Phrase
  package let notImplemented: Phrase
  package let forbidden: Phrase
  package let noTLS: Phrase
  package let tlsActive: Phrase
  package let tlsFirst: Phrase
  package let noAuthentication: Phrase
  package let greetingArgument: Phrase
  package let badGreeting: Phrase
  package let senderArgument: Phrase
  package let recipientArgument: Phrase
  package let noArgument: Phrase
  package let verifyArgument: Phrase
  package let expandArgument: Phrase
  package let turnArgument: Phrase
  package let turned: Phrase
  package let turnRefused: Phrase
  package let verified: Phrase
  package let verifyRefused: Phrase
  package let expandRefused: Phrase
  package let unknownParameter: Phrase
  // Limits.
  /// nil where the line is cut.
  package let lineTooLong: Phrase?
  package let textLineTooLong: Phrase
  package let bareLineFeed: Phrase
  package let bareReturn: Phrase
  package let sizeTooLarge: Phrase
  package let messageTooLarge: Phrase
  package let headerTooLarge: Phrase
  package let tooManyRecipients: Phrase
  package let tooManyErrors: Phrase
  package let tooManyHops: Phrase
}

extension ServerWording {
  package static let sendmail = ServerWording(
    voice: .sendmail,
    ready: "220 $h $r Sendmail 8.17.1.9/8.17.1.9; $a",
    hello: "250 $h Hello $c, pleased to meet you",
    extensions: [
      .enhancedStatusCodes, .pipelining, .expand, .eightBitMIME, .size, .statusNotices, .remoteQueue, .startTLS,
      .xclient, .help,
    ],
    goodbye: "221 2.0.0 $h closing connection",
    denied: nil,
    shuttingDown: "421 4.3.2 $h shutting down",
    timeout: nil,
    dataTimeout: "421 4.4.1 collect: relay=$r, from=$a, info=read timeout",
    dataEnd: "421 4.4.1 collect: relay=$r, from=$a, info=unexpected close",
    ok: "250 2.0.0 OK",
    reset: "250 2.0.0 Reset state",
    senderOK: "250 2.1.0 $a... Sender ok",
    recipientOK: "250 2.1.5 $a... Recipient ok",
    startData: "354 End data with <CR><LF>.<CR><LF>",
    queued: "250 2.0.0 $a Message accepted for delivery",
    startTLS: "220 2.0.0 Ready to start TLS",
    help: "502 5.3.0 Sendmail 8.17.1.9 -- HELP not implemented",
    greetFirst: "503 5.0.0 Polite people say HELO first",
    greetFirstToAsk: "503 5.0.0 I demand that you introduce yourself first",
    senderTwice: "503 5.5.0 Sender already specified",
    senderFirst: "503 5.0.0 Need MAIL before RCPT",
    dataWithoutSender: "503 5.0.0 Need MAIL command",
    dataWithoutRecipient: "503 5.0.0 Need RCPT (recipient)",
    transactionOpen: "503 5.5.0 Sender already specified",
    unknown: "500 5.5.1 Command unrecognized: \"$a\"",
    empty: "500 5.5.1 Command unrecognized: \"$a\"",
    notImplemented: "502 5.5.1 Command not implemented: \"$a\"",
    forbidden: "421 4.7.0 $h Rejecting open proxy $c",
    noTLS: "454 4.3.3 TLS not available after start",
    tlsActive: "503 5.5.0 TLS already active",
    tlsFirst: "530 5.7.0 Must issue a STARTTLS command first",
    noAuthentication: "503 5.3.3 AUTH not available",
    greetingArgument: "501 5.0.0 $a requires domain address",
    badGreeting: "501 5.0.0 Invalid domain name",
    senderArgument: "501 5.5.2 Syntax error in parameters scanning \"$a\"",
    recipientArgument: "501 5.5.2 Syntax error in parameters scanning \"$a\"",
    noArgument: "501 5.5.2 Syntax error (no parameters allowed)",
    verifyArgument: "501 5.5.2 Argument required",
    expandArgument: "501 5.5.2 Argument required",
    turnArgument: "500 5.5.2 Parameter required",
    turned: "250 2.0.0 Queuing for node $a started",
    turnRefused: "502 5.7.0 Sorry, we do not allow this operation",
    verified: "252 2.5.2 Cannot VRFY user; try RCPT to attempt delivery (or try finger)",
    verifyRefused: "252 2.5.2 Cannot VRFY user; try RCPT to attempt delivery (or try finger)",
    expandRefused: "502 5.7.0 Sorry, we do not allow this operation",
    unknownParameter: "555 5.5.4 $a parameter unrecognized",
    lineTooLong: "421 4.7.0 $h Command too long, possible attack $c",
    textLineTooLong: "554 5.6.0 Line too long ($n max)",
    bareLineFeed: "421 4.5.0 Bare linefeed (LF) not allowed",
    bareReturn: "421 4.5.0 Bare carriage return (CR) not allowed",
    sizeTooLarge: "552 5.2.3 Message size exceeds fixed maximum message size ($n)",
    messageTooLarge: "552 5.2.3 Message exceeds maximum fixed size ($n)",
    headerTooLarge: "552 5.6.0 Headers too large ($n max)",
    tooManyRecipients: "452 4.5.3 Too many recipients",
    tooManyErrors: "421 4.7.0 $h Too many bad commands; closing connection",
    tooManyHops: "554 5.4.6 Too many hops ($n max)"
  )

  package static let postfix = ServerWording(
    voice: .postfix,
    ready: "220 $h $r Postfix",
    hello: "250 $h",
    extensions: [
      .pipelining, .size, .verify, .remoteQueue, .startTLS, .xclient, .enhancedStatusCodes, .eightBitMIME,
      .statusNotices,
    ],
    goodbye: "221 2.0.0 Bye",
    denied: "503 5.7.0 Error: access denied for $c",
    shuttingDown: "421 4.3.2 $h Error: shutting down",
    timeout: "421 4.4.2 $h Error: timeout exceeded",
    dataTimeout: "421 4.4.2 $h Error: timeout exceeded",
    dataEnd: "421 4.4.2 $h Error: lost connection",
    ok: "250 2.0.0 Ok",
    reset: "250 2.0.0 Ok",
    senderOK: "250 2.1.0 Ok",
    recipientOK: "250 2.1.5 Ok",
    startData: "354 End data with <CR><LF>.<CR><LF>",
    queued: "250 2.0.0 Ok: queued as $a",
    startTLS: "220 2.0.0 Ready to start TLS",
    help: nil,
    greetFirst: "503 5.5.1 Error: send HELO/EHLO first",
    greetFirstToAsk: "503 5.5.1 Error: send HELO/EHLO first",
    senderTwice: "503 5.5.1 Error: nested MAIL command",
    senderFirst: "503 5.5.1 Error: need MAIL command",
    dataWithoutSender: "503 5.5.1 Error: need RCPT command",
    dataWithoutRecipient: "554 5.5.1 Error: no valid recipients",
    transactionOpen: "503 5.5.1 Error: MAIL transaction in progress",
    unknown: "500 5.5.2 Error: command not recognized",
    empty: "500 5.5.2 Error: bad syntax",
    notImplemented: "502 5.5.1 Error: command not implemented",
    forbidden: "221 2.7.0 Error: I can break rules, too. Goodbye.",
    noTLS: "502 5.5.1 Error: command not implemented",
    tlsActive: "554 5.5.1 Error: TLS already active",
    tlsFirst: "530 5.7.0 Must issue a STARTTLS command first",
    noAuthentication: "503 5.5.1 Error: authentication not enabled",
    greetingArgument: "501 Syntax: $a hostname",
    badGreeting: "501 5.5.2 Error: bad hostname",
    senderArgument: "501 5.5.4 Syntax: MAIL FROM:<address>",
    recipientArgument: "501 5.5.4 Syntax: RCPT TO:<address>",
    noArgument: "501 5.5.4 Syntax: $a",
    verifyArgument: "501 5.5.4 Syntax: VRFY address",
    expandArgument: "500 5.5.2 Error: command not recognized",
    turnArgument: "500 Syntax: ETRN domain",
    turned: "459 <$a>: service unavailable",
    turnRefused: "502 5.5.1 Error: command not implemented",
    verified: "252 2.0.0 $a",
    verifyRefused: "502 5.5.1 VRFY command is disabled",
    expandRefused: "500 5.5.2 Error: command not recognized",
    unknownParameter: "555 5.5.4 Unsupported option: $a",
    lineTooLong: nil,
    textLineTooLong: "554 5.6.0 Error: line too long",
    bareLineFeed: "550 5.5.2 $h Error: bare <LF> received",
    bareReturn: "521 5.5.2 $h Error: bare <CR> received",
    sizeTooLarge: "552 5.3.4 Message size exceeds fixed limit",
    messageTooLarge: "552 5.3.4 Error: message file too big",
    headerTooLarge: "552 5.3.4 Error: message header too big",
    tooManyRecipients: "452 4.5.3 Error: too many recipients",
    tooManyErrors: "421 4.7.0 $h Error: too many errors",
    tooManyHops: "554 5.4.0 Error: too many hops"
  )

  package static func of(_ voice: Voice) -> ServerWording {
    switch voice {
    case .sendmail: .sendmail
    case .postfix: .postfix
    }
  }

  /// The first words after 220; `date` is told by sendmail only.
  package func banner(host: Bytes, date: Bytes, dialect: ServerSettings.Dialect = .smtp) -> Bytes {
    let name = Bytes(dialect == .lmtp ? "LMTP".utf8 : "ESMTP".utf8)
    return ready.reply(PhraseValues(host: host, clientName: name, argument: date)).text
  }

  /// The client, as its name and address are written.
  func client(_ client: Client) -> Bytes {
    let address = [.openBracket] + client.address + [.closeBracket]
    switch voice {
    case .sendmail:
      if let name = client.name { return name + [.blank] + address }
      guard client.nameState == .unknown, let name = client.reverseName else { return address }
      return name + [.blank] + address + Bytes(ascii: " (may be forged)")
    case .postfix: return (client.name ?? Bytes(ascii: "unknown")) + address
    }
  }

  /// What is wrong with a parameter of MAIL or RCPT.
  func reply(to fault: ParameterFault, of command: SMTPCommand, limit: Int) -> Reply {
    let name = fault.parameter.name
    let value = (fault.parameter.value ?? []).printable
    if fault.reason == .tooLarge { return sizeTooLarge.reply(PhraseValues(limit: limit)) }
    switch (voice, fault.reason) {
    case (.sendmail, .badValue): return Self.sendmailBadValue(name.text, value)
    case (.sendmail, .noValue):
      let text = name + Bytes(ascii: name.text == "AUTH" ? "= requires a value" : " requires a value")
      return Reply(501, "5.5.2", text)
    case (.sendmail, .outOfRange):
      let isNegative = value.first == .hyphen
      return Reply(552, "5.2.3", isNegative ? "Message size invalid" : "Message size exceeds maximum value")
    case (.postfix, .outOfRange): return Reply(552, "5.3.4", "Message size exceeds file system imposed limit")
    case (.sendmail, .badWord(let word)):
      return Reply(501, "5.5.4", Bytes(ascii: "Bad argument \"") + word.printable + Bytes(ascii: "\"  to NOTIFY"))
    case (.sendmail, .duplicate):
      return Reply(501, "5.5.0", Bytes(ascii: "Duplicate ") + name + Bytes(ascii: " parameter"))
    case (.postfix, .badValue) where name.text == "SIZE": return Reply(501, "5.5.4", "Bad message size syntax")
    case (.postfix, .badValue) where name.text != "BODY", (.postfix, .badWord), (.postfix, .duplicate):
      let start = command == .recipient ? "Error: Bad " : "Bad "
      return Reply(501, "5.5.4", Bytes(start.utf8) + name + Bytes(ascii: " parameter syntax"))
    case (.sendmail, _):
      let word = fault.parameter.written.prefix { $0.isLetter || $0.isDigit || $0 == .hyphen }
      return unknownParameter.reply(PhraseValues(argument: Bytes(word)))
    case (.postfix, _): return unknownParameter.reply(PhraseValues(argument: fault.parameter.written.printable))
    }
  }

  private static func sendmailBadValue(_ name: String, _ value: Bytes) -> Reply {
    switch name {
    case "RET": Reply(501, "5.5.2", Bytes(ascii: "Bad argument \"") + value + Bytes(ascii: "\" to RET"))
    case "BODY": Reply(501, "5.5.4", Bytes(ascii: "Unknown BODY type ") + value)
    default: Reply(501, "5.5.4", "Syntax error in \(name) parameter value")
    }
  }
}

extension Array where Element == UInt8 {
  /// Fit to be repeated in a reply: other bytes than printable ASCII and tabs become `?`.
  var printable: Bytes { self[...].printable }

  /// The same; sendmail takes the eighth bit away first.
  func printable(for voice: Voice) -> Bytes { voice == .sendmail ? map { $0 & 0x7F }.printable : printable }
}

extension ArraySlice where Element == UInt8 {
  var printable: Bytes { map { (0x20...0x7E).contains($0) || $0 == 0x09 ? $0 : 0x3F } }

  /// Printable, and what is long is cut in the middle, as sendmail does.
  func shortened(for voice: Voice) -> Bytes {
    let text = count > 203 ? prefix(100) + Bytes(ascii: "...") + suffix(100) : Bytes(self)
    return text.printable(for: voice)
  }
}
