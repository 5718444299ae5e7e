// ProgramDelivery.swift: a message handed to a program.
//
//     Mcyrus, P=/usr/lib/deliver, A=deliver -m $u     the words themselves      no shell
//     Mprog,  P=/bin/sh, A=sh -c $u                   the words, a shell among them
//     pipe    argv=/usr/bin/filter ${recipient}       the words themselves      no shell
//     "|filter -x"        in Postfix's aliases        split at blanks           no shell
//     "|filter > out"     in Postfix's aliases        /bin/sh -c                a shell
//
// The program gets the message on its standard input, and of our environment nothing. The
// first kilobyte that it prints goes into the bounce.
//
// Fails: `DeliveryFailure`, as `ProgramStatus` reads its end.

import Glibc
import MailAddress
import Posix

package struct ProgramDelivery: Sendable {
  package var dialect: MailDialect
  /// The file, and the argument vector.
  package var path: Bytes
  package var words: [Bytes]
  /// `NAME=value`.
  package var environment: [Bytes]
  /// The folders to try, as sendmail's `D=` lists them; none to stay in ours.
  package var folders: [Bytes] = []
  package var account: Account?
  /// Nil for no limit.
  package var seconds: Double? = 1000
  /// What is shown in messages; the words where it is empty.
  package var shown: Bytes = []

  /// What goes into a bounce of what it printed.
  package static let outputLimit = 1024

  package init(
    _ dialect: MailDialect, path: Bytes, words: [Bytes], environment: [Bytes]
  ) {
    self.dialect = dialect
    self.path = path
    self.words = words
    self.environment = environment
  }

  /// Hands the message over.
  ///
  /// - Returns: what the program printed, of which Postfix tells in success notices.
  @discardableResult
  package func deliver(_ text: Bytes) throws(DeliveryFailure) -> Bytes {
    var program = Program(path: path, words: words)
    program.environment = environment
    program.folder = try folder()
    program.account = account
    program.input = text
    program.takesMessages = true
    program.outputLimit = Self.outputLimit
    program.seconds = seconds
    let outcome: Program.Outcome
    do throws(ProgramFault) { outcome = try program.run() } catch { throw failure(error) }
    if let failure = ProgramStatus.failure(outcome, dialect, command: name) { throw failure }
    return ProgramStatus.oneLine(outcome.output)
  }

  private var name: Bytes { shown.isEmpty ? Array(words.joined(separator: [0x20])) : shown }

  /// The first folder there is; where none is, Postfix tries again later and sendmail's
  /// mailer runs where it is.
  private func folder() throws(DeliveryFailure) -> Bytes? {
    for folder in folders where isFolder(folder.text) { return folder }
    if dialect == .postfix, let first = folders.first {
      throw DeliveryFailure("4.3.5", "cannot change to folder \(first.text)")
    }
    return nil
  }

  private func failure(_ fault: ProgramFault) -> DeliveryFailure {
    switch fault {
    case .system(let errno): DeliveryFailure("4.3.0", "cannot start \(name.text): \(errno)")
    // Both hope that somebody puts it there: no mail is lost to a package that is being renewed.
    case .notRun(let errno):
      DeliveryFailure(dialect == .postfix ? "4.3.0" : "4.0.0", "cannot run \(path.text): \(errno)")
    }
  }
}

// MARK: Postfix's commands

extension ProgramDelivery {
  /// Bytes that a command may have without a shell being asked.
  private static let plainBytes = Set(
    "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \t".utf8)

  /// A command of an alias file, of .forward or of mailbox_command.
  ///
  /// - Parameter shell: local_command_shell, which then runs every command.
  package static func postfixCommand(
    _ command: Bytes, shell: Bytes = [], environment: [Bytes]
  ) -> ProgramDelivery {
    let words = command.split { $0 == 0x20 || $0 == 0x09 }.map(Bytes.init)
    var delivery: ProgramDelivery
    if !shell.isEmpty {
      let program = shell.split { $0 == 0x20 || $0 == 0x09 }.map(Bytes.init)
      delivery = ProgramDelivery(
        .postfix, path: program.first.flatMap(found) ?? shell, words: program + [command], environment: environment)
    } else if command.allSatisfy(plainBytes.contains), let first = words.first, let path = found(first) {
      delivery = ProgramDelivery(.postfix, path: path, words: words, environment: environment)
    } else {
      delivery = ProgramDelivery(
        .postfix, path: Bytes(ascii: "/bin/sh"), words: [Bytes(ascii: "sh"), Bytes(ascii: "-c"), command],
        environment: environment)
    }
    delivery.shown = command
    return delivery
  }

  /// A path as it is; a name where PATH has it, and nil where it may be the shell's own.
  private static func found(_ name: Bytes) -> Bytes? {
    if name.contains(.slash) { return name }
    return [Bytes(ascii: "/usr/bin/"), Bytes(ascii: "/bin/")].map { $0 + name }.first { access($0.text, X_OK) == 0 }
  }
}
