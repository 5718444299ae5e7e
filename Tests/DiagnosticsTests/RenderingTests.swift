import Diagnostics
import Foundation
import Testing

@Suite("Diagnostics as people and programs read them")
struct RenderingTests {
  let finding = Diagnostic(
    .error, .init(.cannotRead, "cannot read \"x\"", fix: "give its path"),
    at: SourcePosition(file: "site.mc", line: 14, column: 3), length: 4,
    notes: [.init("in the expansion of FEATURE", at: SourcePosition(file: "a.m4", line: 2))])

  @Test("the terminal form shows the line, a caret below the byte meant, notes and the fix")
  func terminal() {
    let renderer = TerminalRenderer(sourceLine: { _ in Array("\tFEATURE(x)".utf8) })
    #expect(
      renderer.render(finding) == """
        site.mc:14:3: error: cannot read "x" [WB1001]
           14 | \tFEATURE(x)
              | \t ^~~~
          a.m4:2: note: in the expansion of FEATURE
          fix: give its path

        """)
  }

  @Test("without a source line the excerpt is left out")
  func noExcerpt() {
    #expect(!TerminalRenderer().render(finding).contains("|"))
  }

  @Test("a column beyond the line draws no caret")
  func columnBeyondLine() {
    let renderer = TerminalRenderer(sourceLine: { _ in [] })
    #expect(!renderer.render(finding).contains("^"))
  }

  @Test("JSON escapes what would break it")
  func json() {
    let text = JSONRenderer().render(finding)
    #expect(text.contains(#""message":"cannot read \"x\"""#))
    #expect(text.contains(#""line":14,"column":3"#))
    #expect(JSONValue.string("\u{1}\t\"").text == #""\u0001\t\"""#)
  }

  @Test("JSON says what it was given, to a reader that is not ours")
  func foreignReader() throws {
    let texts = (0..<0x300).compactMap(Unicode.Scalar.init).map { "a\($0)b" } + ["", "\u{1F4EE}", "\u{FFFF}"]
    let numbers = [0, 9, 10, -1, -10, .max, .min, 1_000_000, 999]
    let value = JSONValue.object([
      ("texts", .array(texts.map(JSONValue.string))), ("numbers", .array(numbers.map(JSONValue.number))),
      ("rest \"\\", .array([.null, .bool(true), .bool(false), .array([]), .object([])])),
    ])
    let read = try JSONSerialization.jsonObject(with: Data(value.text.utf8)) as? [String: Any]
    #expect(read?["texts"] as? [String] == texts)
    #expect(read?["numbers"] as? [Int] == numbers)
    #expect((read?["rest \"\\"] as? [Any])?.count == 5)
    #expect(value.text.hasSuffix("[null,true,false,[],{}]}"))
    var bytes = JSONText(capacity: 1)
    bytes.add(quoted: [0x61, 0xFF, 0x22, 0xC3, 0xA4][...])
    #expect(bytes.text == "\"a\u{FFFD}\\\"ä\"")
  }

  @Test("codes are unique, four digits and named")
  func codes() {
    let labels = MessageCode.allCases.map(\.label)
    #expect(Set(labels).count == labels.count)
    #expect(labels.allSatisfy { $0.utf8.count == 6 })
  }

  @Test(
    "the nearest known name is offered, and none that is far away",
    arguments: [
      ("confDONT_BLAZE_SENDMAIL", "confDONT_BLAME_SENDMAIL"), ("mailertabel", "mailertable"),
      ("zzzz", nil), ("", nil),
    ] as [(String, String?)])
  func nearest(_ name: String, _ expected: String?) {
    let known = ["confDONT_BLAME_SENDMAIL", "mailertable", "access_db"]
    #expect(nearestName(to: name, among: known) == expected)
  }

  @Test("the form that GitHub Actions reads, one line, with what would end it escaped")
  func annotation() {
    #expect(
      AnnotationRenderer().render(finding)
        == "::error file=site.mc,line=14,col=3,title=WB1001::cannot read \"x\"%0Afix: give its path\n")
    let odd = Diagnostic(
      .warning, .init(.badArguments, "100% of\r\nit"), at: SourcePosition(file: "a,b:c%.mc", line: 2))
    #expect(
      AnnotationRenderer().render(odd)
        == "::warning file=a%2Cb%3Ac%25.mc,line=2,title=WB1004::100%25 of%0D%0Ait\n")
    #expect(AnnotationRenderer().render(Diagnostic(.note, .init(.badArguments, "x"))) == "::notice title=WB1004::x\n")
  }
}
