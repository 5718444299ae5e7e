import Diagnostics
import Tables
import TestSupport
import Testing

/// Entries and faults in one line each: `key=value@line`, `!fault@line`.
private func shown(_ text: TableText) -> String {
  let entries = text.all.map { "\(string($0.key))=\(string($0.value))@\($0.line)" }
  let faults = text.faults.map { fault in
    switch fault.kind {
    case .lineTooLong: "!long@\(fault.line)"
    case .leadingBlank: "!blank@\(fault.line)"
    case .missingValue(let key): "!missing \(string(key))@\(fault.line)"
    case .duplicateKey(let key): "!again \(string(key))@\(fault.line)"
    }
  }
  return (entries + faults).joined(separator: " ")
}

private func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite("A table's source is read by makemap's grammar")
struct TableTextTests {
  @Test(
    "keys, values and faults with their lines",
    arguments: [
      ("a b\nC\td e \n", "a=b@1 c=d e @2"),
      ("\n#x y\n\na b", "a=b@4"),
      ("a\nb \n", "!missing a@1 !missing b@2"),
      (" a b\n\r\n", "!blank@1 !blank@2"),
      ("a\u{B}\u{C}\r b\n", "a=b@1"),
      ("a\0b c\nd e\n", "d=e@2 !long@1"),
      ("a b\nd e\0f", "a=b@1 d=e@2"),
      ("", ""),
    ])
  func usualGrammar(_ text: String, _ expected: String) {
    #expect(shown(TableText(Array(text.utf8))) == expected)
  }

  @Test("a separator of one's own: blanks belong to the key, runs of it count as one")
  func separator() {
    var grammar = TableGrammar()
    grammar.separator = UInt8(ascii: ":")
    let text = TableText(Array("a b::c : d\n:e\n f:g\nh:\n".utf8), grammar: grammar)
    #expect(shown(text) == "a b=c : d@1 =e@2  f=g@3 !missing h@4")
  }

  @Test("empty values, kept case and another comment where asked for")
  func choices() {
    var grammar = TableGrammar()
    grammar.allowsEmptyValues = true
    grammar.foldsKeys = false
    grammar.comment = UInt8(ascii: ";")
    let text = TableText(Array("A\n#b c\n;d e\n".utf8), grammar: grammar)
    #expect(shown(text) == "A=@1 #b=c@2")
  }

  @Test("a line that is too long is refused piece by piece, each piece a line")
  func longLines() {
    let long = "k " + String(repeating: "v", count: 1021) + "w x\nq r\n"
    #expect(shown(TableText(Array(long.utf8))) == "w=x@2 q=r@3 !long@1")
    let longest = "k " + String(repeating: "v", count: 1020) + "\n"
    #expect(TableText(Array(longest.utf8)).count == 1)
  }

  @Test("any bytes at all are read without a crash, and every entry lies in its line")
  func anyBytes() {
    var random = SeededGenerator(seed: 7)
    let alphabet: [UInt8] = [0, 9, 10, 13, 32, 35, 58, 65, 97, 255]
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 0...200, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      var grammar = TableGrammar()
      grammar.separator = Bool.random(using: &random) ? 58 : nil
      grammar.allowsEmptyValues = Bool.random(using: &random)
      let lines = text.split(separator: 10, omittingEmptySubsequences: false)
      for entry in TableText(text, grammar: grammar).all {
        #expect(entry.line <= lines.count)
        #expect(!entry.key.contains(0) && !entry.value.contains(10))
      }
    }
  }

  @Test("a fault says where, what, and what to write instead")
  func diagnostics() {
    let text = TableText(Array("a b\nc\n".utf8))
    let diagnostic = text.faults.first?.diagnostic(file: "access")
    #expect(diagnostic?.position == SourcePosition(file: "access", line: 2, column: 1))
    #expect(diagnostic?.message.text == "no value for key \"c\"; line ignored")
  }
}

@Suite("Text tables answer as sendmail's class text")
struct TextTableTests {
  static let text = Array(
    """
    a b c
    KEY\tVal\t\tx
    # no one
      lead v w
    none
    none later
    trail\u{20}
    d::e:f
    """.utf8)

  @Test(
    "by column, blanks or a delimiter between",
    arguments: [
      (0, 0, nil, "key", "KEY"), (0, 1, nil, "key", "Val"), (0, 2, nil, "KEY", "x"),
      (1, 0, nil, "val", "KEY"), (0, 2, nil, "lead", "v"), (1, 2, nil, "lead", "v"),
      (0, 1, nil, "none", nil), (0, 1, nil, "trail", ""), (0, 1, nil, "#", nil),
      (0, 1, ":", "d", ""), (0, 2, ":", "d", "e"), (0, 1, ":", "a b c", nil),
    ] as [(Int, Int, String?, String, String?)])
  func columns(key: Int, value: Int, delimiter: String?, _ asked: String, _ answer: String?) {
    let table = TextTable(
      Self.text, keyColumn: key, valueColumn: value, delimiter: delimiter?.utf8.first)
    #expect(table.lookUp(Array(asked.utf8)) == answer.map { Array($0.utf8) })
  }

  @Test("columns end after 256 bytes and lines after 2,047")
  func limits() {
    let wide = [UInt8](repeating: 97, count: 300)
    let table = TextTable(wide + Array(" v\n".utf8), valueColumn: 1)
    #expect(table.lookUp([UInt8](repeating: 65, count: 256)) == Array("v".utf8))
    let long = Array("k ".utf8) + [UInt8](repeating: 98, count: 2045) + Array("x y\n".utf8)
    #expect(TextTable(long, valueColumn: 1).lookUp(Array("x".utf8)) == Array("y".utf8))
  }
}
