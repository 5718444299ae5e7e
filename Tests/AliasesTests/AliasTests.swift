import Aliases
import MailAddress
import Testing

@Suite("Alias files")
struct AliasTests {
  static let targets: [(String, [AliasTarget])] = [
    ("a, b@c", [.address(Bytes(ascii: "a")), .address(Bytes(ascii: "b@c"))]),
    ("\"|prog one, two\", /var/file", [.program(Bytes(ascii: "prog one, two")), .file(Bytes(ascii: "/var/file"))]),
    ("\\user", [.mailbox(user: Bytes(ascii: "user"))]),
    (":include:/etc/list, :INCLUDE: /b", [.include(Bytes(ascii: "/etc/list")), .include(Bytes(ascii: "/b"))]),
    ("\":include:/a b\"", [.include(Bytes(ascii: "/a b"))]),
    ("(comment, here) a", [.address(Bytes(ascii: "a"))]),
    ("\"two words\"@b", [.address(Bytes(ascii: "\"two words\"@b"))]),
    ("|/bin/cat", [.program(Bytes(ascii: "/bin/cat"))]),
    ("", []),
  ]

  @Test("targets by their form", arguments: targets)
  func target(_ text: String, _ expected: [AliasTarget]) {
    #expect(AliasTarget.parse(Bytes(text.utf8)) == expected)
  }

  @Test("names, continuation lines, comments and faults")
  func file() {
    let text = """
      # comment
      Postmaster: root
      list: a,
        b
      # within
        , c
      "odd name": x
      broken
      empty:

      """
    var faults: [Int] = []
    let file = AliasFile.parse(Bytes(text.utf8), file: "aliases") { faults.append($0.position?.line ?? 0) }
    #expect(file.entries.map(\.name.text) == ["postmaster", "list", "odd name"])
    #expect(file.entries.map(\.position.line) == [2, 3, 7])
    #expect(file.entries.map(\.targets.count) == [1, 3, 1])
    #expect(faults == [8, 9])
  }
}
