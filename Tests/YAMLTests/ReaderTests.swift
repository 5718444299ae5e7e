// Values out of nodes, and the words at those that are wrong.

import Diagnostics
import Testing
import YAML

@Suite("YAML as values")
struct ReaderTests {
  private func read(_ text: String, _ body: (YAMLReader, YAMLNode) -> Void) -> [String] {
    guard let node = parse(text).node else { return ["no node"] }
    let reader = YAMLReader()
    body(reader, node)
    return reader.faults.map { fault in
      "\(fault.position?.description ?? ""): \(fault.message.text)" + (fault.message.fix.map { " (\($0))" } ?? "")
    }
  }

  @Test("unknown keys, with the nearest known one or all of them")
  func keys() {
    let faults = read("recipent: x\nsender: y\nzzz: z\nname: n") { reader, node in
      let mapping = reader.mapping(
        node, "a test", keys: ["name", "recipient", "from"], meant: ["sender": "from"])
      #expect(mapping?["name"]?.scalar?.text == "n")
      #expect(mapping?["from"] == nil)
    }
    #expect(
      faults == [
        "t.yaml:1:1: unknown key `recipent'; did you mean `recipient'?",
        "t.yaml:2:1: unknown key `sender'; did you mean `from'?",
        "t.yaml:3:1: unknown key `zzz' (keys here: name, recipient, from)",
      ])
  }

  @Test("a key that is missing is told at its mapping")
  func missing() {
    let faults = read("- name: x") { reader, node in
      guard let item = reader.items(node, "a list")?.first,
        let mapping = reader.mapping(item, "a test", keys: ["name", "to"])
      else { return }
      #expect(reader.required("name", in: mapping) != nil)
      #expect(reader.required("to", in: mapping) == nil)
    }
    #expect(faults == ["t.yaml:1:3: a test without `to'"])
  }

  @Test(
    "values of another kind",
    arguments: [
      ("[a]", "a list where a word is wanted"), ("{a: b}", "a set of keys where a word is wanted"),
      ("~", "nothing where a word is wanted"),
    ])
  func words(_ text: String, _ message: String) {
    let faults = read(text) { reader, node in #expect(reader.text(node, "a word") == nil) }
    #expect(faults == ["t.yaml:1:1: \(message)"])
  }

  @Test("text is what was written, whatever it looks like", arguments: ["no", "1e3", "0x10", "2001-01-01", "5.7.1"])
  func plain(_ text: String) {
    let faults = read(text) { reader, node in #expect(reader.text(node, "a word") == text) }
    #expect(faults.isEmpty)
  }

  @Test("one or several")
  func several() {
    let faults = read("[a, [b], c]") { reader, node in
      #expect(reader.texts(node, "a word").map { String(decoding: $0.bytes, as: UTF8.self) } == ["a", "c"])
    }
    #expect(faults == ["t.yaml:1:5: a list where a word is wanted"])
    _ = read("x") { reader, node in #expect(reader.texts(node, "a word").count == 1) }
  }

  @Test(
    "numbers in their range", arguments: [("7", 7), ("0", nil), ("11", nil), ("x", nil), ("99999999999999999999", nil)])
  func numbers(_ text: String, _ value: Int?) {
    let faults = read(text) { reader, node in #expect(reader.number(node, "a size", in: 1...10) == value) }
    #expect(
      faults == (value == nil ? ["t.yaml:1:1: \"\(text)\" where a size, a number from 1 to 10, is wanted"] : []))
  }
}
