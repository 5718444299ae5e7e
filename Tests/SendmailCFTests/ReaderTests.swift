import Diagnostics
import SendmailCF
import Testing

private func read(_ text: String) -> CFFile { CFReader.read(Array(text.utf8), name: "x.cf") }

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite("A sendmail.cf is read line by line")
struct ReaderTests {
  @Test("a line goes on behind white space, and faults name its last line")
  func continuation() {
    let file = read("V10\n# comment\nMlocal, P=/bin/cat, F=ls,\n\tA=cat -d $u\ngarbage\n on\n")
    #expect(file.mailers.first?.arguments.count == 3)
    #expect(file.mailers.first?.flags == MailerFlags("ls".utf8))
    #expect(file.findings.map(\.position.line) == [6])
  }

  @Test("macros are expanded as of their line, conditions too")
  func macros() {
    let file = read("V10\nDaone\nC{x}$a two\nDatwo\nC{y}$a$?b$b$|none$.\nSa\nR$a$&a\t$a\n")
    #expect(
      file.lines.compactMap { line in
        if case .words(_, let words, _) = line.content { words.map(text) } else { nil }
      } == [["one", "two"], ["twonone"]])
    guard case .rule(let rule)? = file.lines.last?.content else {
      Issue.record("no rule")
      return
    }
    #expect(text(rule.left.text(file.names)) == "two$&a")
  }

  @Test(
    "a comment begins at # unless it stands behind $ or a backslash",
    arguments: [("Dax # y", "x"), ("Dax\\#y", "x#y"), ("Da#y", ""), ("Da$#y", "$#y")])
  func comments(_ line: String, _ value: String) {
    let file = read("V10\n\(line)\n")
    #expect(file.macros[0x61].map { text($0.text(file.names)) } == value)
  }

  @Test("a ruleset has a number, a name or both")
  func rulesets() {
    let file = read("V10\nS3\nScanonify=3\nSown\nSother\n")
    let numbers = file.lines.compactMap { line -> Int? in
      if case .ruleset(let name) = line.content { name.number } else { nil }
    }
    #expect(numbers == [3, 3, 199, 198])
    #expect(text(file.rulesetNumbers.name(3)) == "canonify")
  }

  @Test("an unknown option is named with the nearest one")
  func unknownOption() throws {
    let finding = try #require(read("V10\nO LogLevle=9\n").diagnostics.first)
    #expect(finding.message.code == .unknownOption)
    #expect(finding.message.fix == "write LogLevel")
    #expect(finding.position == SourcePosition(file: "x.cf", line: 2))
  }

  @Test("values of mailers lose quotes and resolve escapes")
  func mailerValues() throws {
    let mailer = try #require(read("V10\nMx, P=/x, E=\\r\\n, A=a \"b,c\" \\,\n").mailers.first)
    #expect(mailer.endOfLine == [0x0D, 0x0A])
    #expect(mailer.arguments.map { $0.compactMap(\.byte) } == ["a", "b,c", ","].map { Array($0.utf8) })
  }

  @Test("what is printed reads as the same")
  func printing() {
    let file = read("V10/Berkeley\n# note\nDax\nSa\nR$*\t$1\tfirst\n Mbroken\nKm hash -o /x\n")
    let again = CFReader.read(file.rendered(), name: "x.cf")
    #expect(again.rendered() == file.rendered())
    #expect(again.lines.count == file.lines.count)
  }

  @Test("no text stops the reader", arguments: 0..<200)
  func fuzz(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    let keys = Array("CDEFHKMOPQRSTVXZ# \t".utf8)
    let telling = Array("$&=~{}*+-@:|?.[]()#>\t ,\"\\/09a".utf8)
    var bytes: [UInt8] = Array("V10\n".utf8)
    for _ in 0..<Int.random(in: 1...30, using: &random) {
      bytes.append(keys[Int.random(in: 0..<keys.count, using: &random)])
      for _ in 0..<Int.random(in: 0...20, using: &random) {
        bytes.append(
          Bool.random(using: &random)
            ? telling.randomElement(using: &random) ?? 0
            : UInt8.random(in: 0...255, using: &random))
      }
      bytes.append(0x0A)
    }
    let file = CFReader.read(bytes, name: "fuzz.cf")
    #expect(file.findings.allSatisfy { $0.position.line > 0 })
    #expect(CFReader.read(file.rendered(), name: "fuzz.cf").lines.count == file.lines.count)
  }
}

/// A small generator, so that a seed names a case.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
