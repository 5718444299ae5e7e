// AddressListTests.swift: address lists as cleanup(8) writes them when one changes.
//
// The results are Postfix's own for `append_at_myorigin`, whose part `change` plays.

import MailAddress
import PostfixRouting
import Testing

@Suite("Address lists in headers")
struct AddressListTests {
  private func rewritten(_ name: String, _ body: String) throws -> String? {
    var list = AddressList(Bytes(body.utf8))
    let change = { (address: Bytes) in
      AddressToken.scan(address).contains(.at) ? address : address + Bytes("@h.example".utf8)
    }
    return list.rewritten(nameLength: name.utf8.count, change)?.text
  }

  @Test(
    "words, names, groups and comments",
    arguments: [
      (" a", " a@h.example"),
      ("a b", " a@h.example, b@h.example"),
      (" Fred Foo <fred (x) >", " Fred Foo <fred@h.example (x)>"),
      (" \"Q, N\" <a@b.example> (c), a", " \"Q, N\" <a@b.example>(c), a@h.example"),
      (" group: x@y, z;", " group: x@y, z@h.example;"),
      (" (x) e (y)", " e@h.example (x) (y)"),
      (" <a@b> c", " <a@b>, c@h.example"),
      (" a;b", " a@h.example;, b@h.example"),
      (" a,, b,", " a@h.example, , b@h.example, "),
      (" Joe.Q. Public <joe>", " Joe.Q.Public <joe@h.example>"),
    ])
  func shapes(_ body: String, _ result: String) throws {
    #expect(try rewritten("To", body) == result)
  }

  @Test(
    "a list in which nothing changes stays as it is", arguments: [" a@b c@d", " (only comment)", "", " g:;", " <>"])
  func unchanged(_ body: String) throws { #expect(try rewritten("To", body) == nil) }

  @Test("a line holds what fits into 70 columns")
  func folds() throws {
    let list = (1...9).map { "\"Personal \($0)\" <user\($0)>" }.joined(separator: ", ")
    let lines = try #require(try rewritten("Cc", list)).split(separator: "\n").map(String.init)
    #expect(lines.count == 5 && lines.dropFirst().allSatisfy { $0.hasPrefix("\t") && $0.utf8.count <= 70 })
  }

  static let lists = [
    ("a@b, c@d", ["a@b", "c@d"]), ("Name <a@b>, \"x, y\"@z", ["a@b", "x, y@z"]),
    ("(comment) a@b (more)", ["a@b"]), ("group: a, b;", ["a", "b"]), ("", []), (",,a,", ["a"]),
    ("@r,@s:u@v", ["@r", "@s:u@v"]), ("<@r,@s:u@v>", ["@r, @s:u@v"]), ("\"unclosed, a", ["unclosed, a"]),
  ]

  @Test("lists are taken apart at commas that are not quoted", arguments: Self.lists)
  func addresses(_ text: String, _ expected: [String]) {
    let found = AddressList.addresses(Bytes(text.utf8)).map { AddressToken.internalForm($0).text }
    #expect(found == expected)
  }
}
