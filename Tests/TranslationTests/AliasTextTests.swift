// AliasTextTests.swift: of a name that stands twice the last entry counts.

import Testing

import Translation

@Suite("Alias files for Postfix")
struct AliasTextTests {
  @Test(
    "earlier entries of a name become comments",
    arguments: [
      ("a: b\nc: d\n", "a: b\nc: d\n"), ("", ""), ("a: b", "a: b"),
      ("a: b\nA: c\n", "# a: b\nA: c\n"), ("a: b,\n\tc\n# x\na : d", "# a: b,\n# \tc\n# x\na : d"),
      ("\"a\": b\na: c\n", "# \"a\": b\na: c\n"), ("a: b\n\n  c: d\na: e\n", "# a: b\n\n  c: d\na: e\n"),
      ("no colon\na: b\n", "no colon\na: b\n"), ("\"a:b\": c\n\"a:b\": d\n", "# \"a:b\": c\n\"a:b\": d\n"),
    ])
  func repeats(_ text: String, _ expected: String) {
    #expect(String(decoding: AliasText.withoutRepeats(Array(text.utf8)), as: UTF8.self) == expected)
  }
}
