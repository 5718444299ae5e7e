// SendmailRouter+Servers.swift: mailers that speak SMTP or LMTP, and with whom.
//
//     P=[IPC], A=TCP $h           the host, port 25        P=[IPC], A=TCP $h 2525   that port
//     P=[IPC], A=FILE /run/lmtp   a socket of this host    P=/bin/x, A=x -l         a program: no $u
//
// F=z makes it LMTP, whose server answers for each recipient by itself.
//
// Fails: with the reason, where the rules cannot write the sender.

import Routing
import SendmailCF

/// The server that the mailer of a copy speaks with.
package struct MailerServer: Sendable, Equatable {
  package enum Place: Sendable, Equatable {
    /// The port is a number or the name of a service; empty for SMTP's own.
    case host([UInt8], port: [UInt8])
    case socket([UInt8])
    case program(MailerCall)
  }

  package var place: Place
  package var isLMTP: Bool
  /// F=a: EHLO first, whatever the server calls itself.
  package var isExtended: Bool
  /// The mailer is a local one: what it takes has arrived.
  package var isFinal: Bool
  /// The sender as MAIL gives it; empty for the null sender.
  package var sender: [UInt8]
}

extension SendmailRouter {
  /// - Returns: nil for a mailer that is handed its messages without a dialogue.
  package func server(of copy: OutgoingCopy) throws(HeaderFailure) -> MailerServer? {
    guard let mailer = program.mailer(named: copy.resolution.transport) else { return nil }
    let place: MailerServer.Place
    if mailer.isNetwork {
      resetMacros()
      setMacros(of: copy, fullName: nil)
      let words = mailer.arguments.map(resolver.expanded)
      guard words.count > 1 else { return nil }
      let isSocket = words[0].elementsEqual("FILE".utf8)
      place = isSocket ? .socket(words[1]) : .host(words[1], port: words.count > 2 ? words[2] : [])
    } else {
      guard let call = try dialogueCall(copy, mailer) else { return nil }
      place = .program(call)
    }
    let mayBeNull = !mailer.flags.contains(0x67)
    return MailerServer(
      place: place, isLMTP: mailer.flags.contains(0x7A), isExtended: mailer.flags.contains(0x61),
      isFinal: mailer.flags.contains(0x6C), sender: copy.sender.isEmpty && mayBeNull ? [] : try mailerSender(copy, mailer))
  }

  /// Whether it speaks with a server of this host.
  static func isSocket(_ mailer: CFMailer) -> Bool {
    mailer.isNetwork && mailer.arguments.first == "FILE".utf8.map { CFUnit($0) }
  }
}
