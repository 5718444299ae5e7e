// What stands in a YAML file, and where.

import Diagnostics
import Foundation
import TestSupport
import Testing
import YAML

/// A file's tree and what is wrong in it.
func parse(_ text: String) -> (node: YAMLNode?, faults: [Diagnostic]) { parse(Array(text.utf8)) }

func parse(_ text: [UInt8]) -> (node: YAMLNode?, faults: [Diagnostic]) {
  var faults: [Diagnostic] = []
  let node = YAMLDocument.parse(text, file: "t.yaml") { faults.append($0) }
  return (node, faults)
}

extension YAMLNode {
  /// The tree in short: quoted text in quotes, each scalar with its line and column.
  var outline: String {
    switch content {
    case .scalar(let scalar):
      let mark =
        switch scalar.style {
        case .plain: ""
        case .quoted: "'"
        case .literal: "|"
        case .folded: ">"
        }
      return "\(mark)\(scalar.text)\(mark == "" ? "" : mark)@\(position.line):\(position.column)+\(length)"
    case .sequence(let items): return "[" + items.map(\.outline).joined(separator: " ") + "]"
    case .mapping(let entries):
      return "{"
        + entries.map { "\($0.name)@\($0.key.position.line):\($0.key.position.column)=\($0.value.outline)" }
        .joined(separator: " ") + "}"
    }
  }
}

@Suite("YAML as a tree")
struct DocumentTests {
  @Test(
    "every node has its place, in lines and bytes from 1",
    arguments: [
      ("a: b\n", "{a@1:1=b@1:4+1}"),
      ("- x\n- 'y z'\n- \"\\x41\"", "[x@1:3+1 'y z'@2:3+5 'A'@3:3+6]"),
      ("a:\n  b: [1, {c: d}]\n", "{a@1:1={b@2:3=[1@2:7+1 {c@2:11=d@2:14+1}]}}"),
      ("\u{E4}\u{F6}: x\nb: \u{20AC} y", "{\u{E4}\u{F6}@1:1=x@1:7+1 b@2:1=\u{20AC} y@2:4+5}"),
      ("\u{FEFF}a: b", "{a@1:4=b@1:7+1}"),
      ("a: b\r\nc: d\r\n", "{a@1:1=b@1:4+1 c@2:1=d@2:4+1}"),
      ("a: |\n  x\n   y\nb: >\n  p\n  q\n", "{a@1:1=|x\n y\n|@1:4+1 b@4:1=>p q\n>@4:4+1}"),
      ("a: &x {k: v}\nb: *x\nc: *x", "{a@1:1={k@1:8=v@1:11+1} b@2:1={k@1:8=v@1:11+1} c@3:1={k@1:8=v@1:11+1}}"),
      ("to: <>\nuser: no", "{to@1:1=<>@1:5+2 user@2:1=no@2:7+2}"),
      ("# nothing\n", "@2:1+0"), ("", "@1:1+0"), ("a:\nb: ~", "{a@1:1=@1:3+1 b@2:1=~@2:4+1}"),
    ])
  func places(_ text: String, _ outline: String) {
    let (node, faults) = parse(text)
    #expect(node?.outline == outline)
    #expect(faults.isEmpty)
  }

  @Test(
    "nothing and the text of it are two things",
    arguments: [("~", true), ("null", true), ("", true), ("'~'", false), ("\"\"", false), ("no", false)])
  func null(_ text: String, _ isNull: Bool) { #expect(parse(text).node?.scalar?.isNull == isNull) }

  @Test(
    "lines of a literal have their places",
    arguments: [
      ("zone: |\n  one\n    two\n", 2, 3, 3, 5), ("zone: |\n\n    one\n", 2, 1, 3, 5),
      ("zone: |2\n    one\n", 1, 3, 2, 5), ("a:\n  - zone: |  # why\n      x\n      yz\n", 2, 2, 4, 8),
    ])
  func literals(_ text: String, line: Int, column: Int, foundLine: Int, foundColumn: Int) throws {
    func literal(_ node: YAMLNode) -> YAMLNode? {
      switch node.content {
      case .scalar(let scalar): scalar.style == .literal ? node : nil
      case .sequence(let items): items.lazy.compactMap(literal).first
      case .mapping(let entries): entries.lazy.compactMap { literal($0.value) }.first
      }
    }
    let node = try #require(parse(text).node.flatMap(literal))
    #expect(node.position(ofLine: line, column: column) == .init(file: "t.yaml", line: foundLine, column: foundColumn))
    #expect(node.position(ofLine: 0, column: 0) == node.position)
  }

  @Test("lines of a quoted text have the place of the text")
  func quoted() throws {
    let node = try #require(parse("\n  \"x\\ny\"").node)
    #expect(node.position(ofLine: 2, column: 1) == .init(file: "t.yaml", line: 2, column: 3))
  }

  @Test(
    "faults of syntax, each at its place",
    arguments: [
      ("a: [\n", "t.yaml:2:1", "did not find expected node content"),
      ("a: b\n\tc: d", "t.yaml:2:1", "tab"), ("a: @b", "t.yaml:1:4", "cannot start any token"),
      ("a: b: c", "t.yaml:1:5", "mapping values are not allowed"),
      ("a: 1\n---\nb: 2", "t.yaml:2:1", "a second document"), ("a: !!int 3", "t.yaml:1:4", "have no tags"),
      ("a: &x [*x]", "t.yaml:1:8", "no anchor &x before *x"),
      ("a: &hub b\nc: *hbu", "t.yaml:2:4", "did you mean *hub?"),
      ("? [a]\n: b", "t.yaml:1:3", "keys are words"), ("'abc", "t.yaml:1:5", "unexpected end of stream"),
      ("\u{E4}: \u{7}", "t.yaml:1:5", "control characters"),
    ])
  func syntax(_ text: String, _ place: String, _ words: String) {
    let (node, faults) = parse(text)
    #expect(node == nil)
    #expect(faults.count == 1)
    #expect(faults.first?.position?.description == place, "\(faults)")
    #expect(faults.first?.message.text.contains(words) ?? false, "\(faults)")
  }

  @Test("what is no UTF-8 is told at its byte")
  func encoding() {
    let (node, faults) = parse(Array("ok: 1\na: ".utf8) + [0xFF, 0x0A])
    #expect(node == nil && faults.first?.position?.description == "t.yaml:2:4", "\(faults)")
  }

  @Test("each key stands once; all repetitions are told, and the first counts")
  func repetitions() {
    let (node, faults) = parse("a: 1\nb: {c: 1, c: 2}\na: 2\n\"a\": 3")
    #expect(node?.outline == "{a@1:1=1@1:4+1 b@2:1={c@2:5=1@2:8+1}}")
    #expect(faults.map { $0.position?.description ?? "" } == ["t.yaml:2:11", "t.yaml:3:1", "t.yaml:4:1"])
    #expect(faults.last?.notes.first?.position?.line == 1)
  }

  @Test("lists in lists end at a depth, in either style")
  func depth() {
    let most = YAMLDocument.mostLevels
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(parse(nested(most)).node != nil)
    let (node, faults) = parse(nested(most + 1))
    #expect(node == nil && faults.first?.message.code == .yamlLimit, "\(faults)")
    #expect(parse(String(repeating: "[", count: 200_000)).faults.first?.message.code == .yamlLimit)
    #expect(parse(String(repeating: "- ", count: 200_000)).faults.first?.message.code == .yamlLimit)
    #expect(parse(String(repeating: "? ", count: 200_000)).faults.first?.message.code == .yamlLimit)
  }

  @Test("a few aliases do not become millions of values")
  func laughs() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...30 {
      text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    let (node, faults) = parse(text)
    #expect(node == nil && faults.first?.message.code == .yamlLimit, "\(faults)")
  }
}

@Suite("Noise instead of YAML")
struct NoiseTests {
  private static let seeds = [
    "a: {b: [c, 'd', \"e\\x41\"], f: |\n  g\n h: >-\n  i\n}\n", "- &x y\n- *x\n- ? z\n  : ~\n--- !t\n...\n# c\n%TAG\n",
    "configuration: x.mc\ntests:\n  - to: [a@b, c]\n    expect: { mailer: local }\n",
  ]

  @Test("is refused or read, and every place lies in the file", arguments: 0..<400)
  func noise(_ turn: Int) {
    var generator = SeededGenerator(seed: UInt64(turn))
    var text = Array(Self.seeds[turn % Self.seeds.count].utf8)
    for _ in 0..<Int.random(in: 1...20, using: &generator) {
      let index = Int.random(in: 0...text.count, using: &generator)
      let byte = UInt8.random(in: 0...255, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0 where index < text.count: text.remove(at: index)
      case 1 where index < text.count: text[index] = byte
      case 2:
        text.insert(contentsOf: Array("[]{}&*:-?|>'\"%@`,#\n \t".utf8).shuffled(using: &generator).prefix(3), at: index)
      default: text.insert(byte, at: index)
      }
    }
    let lines = text.count { $0 == 0x0A || $0 == 0x0D || $0 == 0x85 || $0 & 0xFE == 0xA8 } + 2
    let (node, faults) = parse(text)
    for position in faults.compactMap(\.position) + (node.map(positions) ?? []) {
      #expect((1...lines).contains(position.line) && (1...(text.count + 1)).contains(position.column), "\(position)")
    }
    #expect(node != nil || !faults.isEmpty)
  }

  private func positions(_ node: YAMLNode) -> [SourcePosition] {
    let inner: [YAMLNode] =
      switch node.content {
      case .scalar: []
      case .sequence(let items): items
      case .mapping(let entries): entries.flatMap { [$0.key, $0.value] }
      }
    return [node.position, node.position(ofLine: 1, column: 1)] + inner.flatMap(positions)
  }
}

@Suite("YAML that people copy")
struct ExampleTests {
  @Test(
    "is YAML",
    arguments: [
      "ci/github-actions.yml", "ci/gitlab-ci.yml", "debian/routes.yaml", "example.edu/routes.yaml",
    ])
  func isRead(_ name: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Checkout.root + "/examples/" + name))
    let (node, faults) = parse(Array(bytes))
    guard case .mapping(let entries)? = node?.content else {
      Issue.record("\(name) is no mapping: \(faults)")
      return
    }
    #expect(faults.isEmpty && !entries.isEmpty)
  }
}
