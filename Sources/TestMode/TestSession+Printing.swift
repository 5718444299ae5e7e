// TestSession+Printing.swift: =S and =M.

import Rulesets
import SendmailCF

extension TestSession {
  /// The rules of a ruleset, each token behind a blank.
  func printRules(_ text: ArraySlice<UInt8>) {
    guard let number = ruleset(text) else { return }
    for rule in program.rules(of: number) {
      output.write("R")
      write(program.left(of: rule).map(program.text))
      output.write("\t\t")
      write(program.right(of: rule).map(program.text))
      output.newline()
    }
  }

  private func write(_ tokens: [[UInt8]]) {
    for token in tokens {
      output.writeVisible(token)
      output.write(0x20 as UInt8)
    }
  }

  /// The mailers by their numbers: prog, *file* and *include* come first.
  func printMailers() {
    for (number, mailer) in mailers.all.enumerated() { print(mailer, number) }
  }

  private func print(_ mailer: CFMailer, _ number: Int) {
    output.write("mailer \(number) (")
    output.write(mailer.name)
    output.write("): P=")
    output.writeVisible(mailer.path)
    output.write(" S=")
    write(mailer.sender)
    output.write(" R=")
    write(mailer.recipient)
    output.write(" M=\(mailer.maximumSize) U=\(mailer.userNumbers) F=")
    output.write(mailer.flags.sorted)
    output.write(" L=\(mailer.lineLimit) E=")
    output.writeVisible(mailer.endOfLine)
    output.write(" T=")
    for (index, type) in mailer.types.enumerated() {
      if index > 0 { output.write("/") }
      output.write(type ?? Array("<undefined>".utf8))
    }
    output.write(" r=\(mailer.maximumRecipients)")
    if !mailer.arguments.isEmpty {
      output.write(" A=")
      output.writeVisible(mailer.arguments.map { $0.text(program.names) }.joined(separator: [0x20]))
    }
    output.newline()
  }

  private func write(_ pair: CFMailer.RulesetPair) {
    output.write(program.name(of: pair.envelope?.number ?? 0))
    output.write("/")
    output.write(program.name(of: pair.header?.number ?? 0))
  }
}

/// The mailers as sendmail counts them, with those that are always there.
struct MailerList {
  let all: [CFMailer]

  init(_ program: RulesetProgram) {
    let names = ["prog", "*file*", "*include*"].map { Array($0.utf8) }
    let first = names.map { name in program.mailer(named: name) ?? Self.builtIn(name) }
    all = first + program.mailers.filter { !names.contains($0.name) }
  }

  private static func builtIn(_ name: [UInt8]) -> CFMailer {
    var mailer = CFMailer(name: name)
    mailer.endOfLine = [0x0A]
    let unix = Array("X-Unix".utf8)
    switch shown(name) {
    case "prog":
      mailer.path = Array("/bin/sh".utf8)
      mailer.flags = MailerFlags("lsDoq9u".utf8)
      mailer.types = [unix, unix, unix]
      mailer.arguments = words("sh -c $u")
    case "*file*":
      mailer.path = Array("[FILE]".utf8)
      mailer.flags = MailerFlags("lsDFMPEouq9".utf8)
      mailer.types = [unix, unix, unix]
      mailer.arguments = words("FILE $u")
    default:
      mailer.path = Array("/dev/null".utf8)
      mailer.flags = MailerFlags("su".utf8)
      mailer.arguments = words("INCLUDE $u")
    }
    return mailer
  }

  private static func words(_ text: String) -> [[CFUnit]] {
    text.split(separator: " ").map { $0.utf8.map { CFUnit($0) } }
  }

  func mailer(named name: [UInt8]) -> CFMailer? {
    all.first { lowered($0.name) == lowered(name) }
  }
}

extension CFMailer {
  /// `U=` as numbers.
  fileprivate var userNumbers: String {
    if user.isEmpty { return "-1:-1" }
    let parts = user.split(whereSeparator: { $0 == 0x3A || $0 == 0x2E }).map { shown($0) }
    let numbers = Accounts.numbers(user: parts.first ?? "", group: parts.count > 1 ? parts[1] : nil)
    return "\(numbers.user):\(numbers.group)"
  }
}
