// SendmailRouter+Mailers.swift: how the program of an M line is called.
//
//     A=deliver -f $g -m $h $u      the first word with $u once for each recipient;
//                                   words behind it see the last one
//
// With F=f `-f sender` stands behind the first word, with F=r `-r sender`. A program that is not
// told the user wants SMTP or LMTP on its standard input.
//
// Fails: with the reason, where the rules cannot write the sender.

import Routing
import SendmailCF

/// A program and what it is given.
package struct MailerCall: Sendable, Equatable {
  package var path: [UInt8]
  package var words: [[UInt8]]
  /// Folders to run in: the first there is.
  package var folders: [[UInt8]]
  /// The mailer is a local one: what it takes has arrived.
  package var isFinal: Bool
}

extension SendmailRouter {
  /// How many recipients the program of a mailer takes at once; 0 for any number.
  package func recipientsOfOneRun(_ mailer: [UInt8]) -> Int {
    guard let mailer = program.mailer(named: mailer), mailer.flags.contains(0x6D) else { return 1 }
    return max(0, mailer.maximumRecipients)
  }

  /// - Parameter users: `$u` of the recipients.
  /// - Returns: nil for a mailer whose program is not called with its user.
  package func programCall(_ copy: OutgoingCopy, _ users: [[UInt8]]) throws(HeaderFailure) -> MailerCall? {
    guard let mailer = program.mailer(named: copy.resolution.transport), mailer.path.first == 0x2F,
      Self.isTold(mailer)
    else { return nil }
    return try call(mailer, copy, users)
  }

  /// The program of a mailer that speaks with us; nil for any other.
  func dialogueCall(_ copy: OutgoingCopy, _ mailer: CFMailer) throws(HeaderFailure) -> MailerCall? {
    guard mailer.path.first == 0x2F, !Self.isTold(mailer) else { return nil }
    return try call(mailer, copy, [])
  }

  private static func isTold(_ mailer: CFMailer) -> Bool { mailer.arguments.contains { $0.contains(user) } }

  private func call(
    _ mailer: CFMailer, _ copy: OutgoingCopy, _ users: [[UInt8]]
  ) throws(HeaderFailure) -> MailerCall {
    resetMacros()
    setMacros(of: copy, fullName: nil)
    let sender = try mailerSender(copy, mailer)
    resolver.setMacro("g", sender)
    if copy.sender.isEmpty { resolver.setMacro("f", sender) }
    var words: [[UInt8]] = []
    var isNamed = false
    for (index, word) in mailer.arguments.enumerated() {
      if word.contains(Self.user), !isNamed {
        isNamed = true
        for user in users {
          setRecipient(user, mailer)
          words.append(resolver.expanded(word))
        }
      } else {
        words.append(resolver.expanded(word))
      }
      if index == 0 { words += senderOption(mailer, sender) }
    }
    let folders = resolver.expanded(mailer.workingDirectory).split(separator: 0x3A).map(Array.init)
    return MailerCall(path: mailer.path, words: words, folders: folders, isFinal: mailer.flags.contains(0x6C))
  }

  /// The line before the header, for mailers that want one (UnixFromLine).
  ///
  /// - Parameter date: `Thu Nov 26 15:04:05 2026`, of now.
  package func fromLine(of copy: OutgoingCopy, sender: [UInt8], date: [UInt8]) -> [UInt8] {
    resetMacros()
    setMacros(of: copy, fullName: nil)
    resolver.setMacro("g", sender)
    resolver.setMacro("d", date)
    return resolver.expandText(program.options["UnixFromLine"] ?? Array("From $g  $d".utf8))
  }

  private static let user = CFUnit(.macro, 0x75)

  private func setRecipient(_ user: [UInt8], _ mailer: CFMailer) {
    let name = mailer.flags.contains(0x73) ? ErrorText.unquoted(user) : user
    resolver.setMacro("u", name)
    resolver.setMacro("z", home(of: name))
  }

  private func senderOption(_ mailer: CFMailer, _ sender: [UInt8]) -> [[UInt8]] {
    if mailer.flags.contains(0x66) { return [Array("-f".utf8), sender] }
    return mailer.flags.contains(0x72) ? [Array("-r".utf8), sender] : []
  }
}
