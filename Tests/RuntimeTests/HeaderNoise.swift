// HeaderNoise.swift: messages whose address headers are put together by chance.
//
// Mailboxes as people write them, with what is missing or too much in some of them: brackets,
// commas, quotes, comments, groups, folds. The same for the same seed.

import TestSupport

struct HeaderNoise {
  private var chance: SeededGenerator

  /// So many messages.
  static func messages(_ count: Int, seed: UInt64) -> [String] {
    var noise = HeaderNoise(chance: SeededGenerator(seed: seed))
    return (0..<count).map { _ in noise.message() }
  }

  private static let names = [
    "From", "To", "Cc", "Bcc", "Sender", "Reply-To", "Errors-To", "Return-Receipt-To", "Disposition-Notification-To",
    "Apparently-To", "Resent-From", "Resent-To", "Resent-Cc", "Resent-Bcc", "Resent-Sender", "Resent-Reply-To",
    "Mail-Followup-To", "FROM", "to", "cC",
  ]
  private static let others = [
    "Subject: s p a c e s  ", "Date: now", "Message-Id: <x@y>", "Message-Id:", "Return-Path: <old@x.example>",
    "Full-Name: Joe Q. Public", "Full-Name: \"Q\" (x", "Precedence: bulk", "Priority: urgent", "Content-Length: 9",
    "Received: from a by b;\n\tThu, 26 Nov 2026 10:00:00 +0000", "X-Mailer: (", "Comments: x", "Resent-Date: now",
    "MIME-Version: 1.0", "Delivered-To: zz@x.example", "Via: x", "Text: x", "Subject:",
  ]
  private static let atoms = [
    "a", "b", "fred", "joe", "root", "alice", "mail.example.edu", "example.edu", "localhost", "foo.bar", "x.example",
    "UPPER", "a-b", "a+b", "12", "", "c", "=?utf-8?q?=C3=A4?=", "o'neil", "*", "|prog", "/file", "\\a", "b\\",
  ]
  private static let hosts = [
    "mail.example.edu", "example.edu", "x.example", "host", "localhost", "d.example", "UPPER.Example.EDU", "a.b.c.",
    "[1.2.3.4]", "sub.example.edu", "",
  ]
  private static let quoted = [
    "\"Q, N\"", "\"a b\"", "\"q\\\"x\"", "\"\"", "\"a@b\"", "\"<x>\"", "\"unclosed", "\"(c)\"", "\"x\\\\\"", "\"a;b\"",
  ]
  private static let comments = [
    "(c)", "(a (nested) b)", "()", "(a\\)b)", "(x, y)", "(<a@b>)", "(un", "(@)", "(\"q\")",
  ]
  private static let specials = [
    "@", ".", ",", ";", ":", "<", ">", "!", "%", "::", "[", "]", "(", ")", "\"", "\\", "=", "|",
  ]
  private static let literals = ["[127.0.0.1]", "[IPv6:::1]", "[a b]", "[x\\]y]"]

  private mutating func of(_ choices: [String]) -> String { choices.randomElement(using: &chance) ?? "" }
  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &chance) }
  private mutating func isOneIn(_ count: Int) -> Bool { number(1...count) == 1 }

  private mutating func message() -> String {
    var lines = isOneIn(30) ? [of(["From a@b Thu Nov 26 17:50:01 2026", ">From x"])] : []
    for _ in 0..<number(0...8) { lines.append(isOneIn(4) ? of(Self.others) : field()) }
    if isOneIn(25) { lines.insert(of(["nocolon", ": x", "a b: c", ". x: y"]), at: number(0...lines.count)) }
    return lines.map { $0 + "\n" }.joined() + "\n" + of(["body\n", "", "x\nFrom here\n.dot\n", "l1\n\nl2\n"])
  }

  private mutating func field() -> String {
    let separator = of([": ", ": ", ": ", ":", ":  ", ":\t", " : "])
    let count = isOneIn(8) ? number(4...12) : number(1...3)
    let list = (0..<count).map { _ in mailbox() }.joined(separator: of([", ", ",", " , ", " "]))
    let body = isOneIn(12) ? salad() : list
    return of(Self.names) + separator + folded(isOneIn(20) ? "" : body)
  }

  private mutating func folded(_ text: String) -> String {
    var result = ""
    for character in text {
      result += character == " " && isOneIn(7) ? "\n" + of([" ", "\t", "  "]) : String(character)
    }
    return result
  }

  private mutating func mailbox(_ depth: Int = 0) -> String {
    switch number(0...15) {
    case 0...3: address()
    case 4...6: phrase() + " <" + address() + ">"
    case 7: "<" + address() + ">"
    case 8: address() + " " + of(Self.comments)
    case 9: of(Self.comments) + " " + address()
    case 10 where depth == 0: phrase() + ": " + mailbox(1) + ", " + mailbox(1) + ";"
    case 11: "<" + address() + "> " + (isOneIn(2) ? phrase() : "<" + address() + ">")
    case 12: phrase() + "<" + of(Self.comments) + address() + ">" + of(Self.comments)
    case 13: isOneIn(2) ? "<" + address() : address() + ">"
    case 14: phrase() + ":"
    default: isOneIn(2) ? "" : salad()
    }
  }

  private mutating func address() -> String {
    let atom = of(Self.atoms)
    switch number(0...12) {
    case 0...2: return atom
    case 3...6: return atom + "@" + of(Self.hosts)
    case 7: return "@r1.example,@r2.example:u@" + of(Self.hosts)
    case 8: return atom + of(["%", "!", "."]) + of(Self.atoms) + (isOneIn(2) ? "@mail.example.edu" : "")
    case 9: return of(Self.quoted) + (isOneIn(2) ? "@x.example" : "")
    case 10: return atom + " " + of(Self.comments) + " @ " + of(Self.hosts)
    case 11: return "@" + atom
    default: return atom + "@" + of(Self.literals)
    }
  }

  private mutating func phrase() -> String {
    (0..<number(1...3)).map { _ in
      isOneIn(5)
        ? of(Self.quoted) : isOneIn(6) ? of(Self.comments) : of(["A", "Joe", "Q.", "Public", "o'neil", "x@y", "a.b"])
    }.joined(separator: " ")
  }

  private mutating func salad() -> String {
    (0..<number(1...8)).map { _ in
      of([of(Self.atoms), of(Self.specials), of(Self.specials), of(Self.quoted), of(Self.comments), of(Self.literals)])
        + of(["", " ", "\t"])
    }.joined()
  }
}
