// MapLookupTests.swift: our maps answered by the real postmap and sendmail, and
// theirs by our reader.

import Foundation
import Tables
import TestSupport
import Testing

@Suite(
  "Maps both ways between Postfix and us",
  .enabled(if: Peer.postmap.isWanted, "\(Peer.postmap.hint)"))
struct MapLookupTests {
  private static let entries = (0..<2_000).map {
    (key: "user\($0)@domain\($0 % 37).example", value: "to \($0)")
  }
  private static let source = Array(entries.map { "\($0.key) \($0.value)\n" }.joined().utf8)

  private func postfixFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    // Accounts that every system has, since those of Postfix are not added.
    try folder.write(
      "main.cf",
      """
      compatibility_level = 3.6
      inet_interfaces = 127.0.0.1
      mail_owner = daemon
      setgid_group = mail

      """)
    return folder
  }

  @Test(
    "postmap -q finds in our maps what was put in", arguments: ["hash", "btree"], [true, false])
  func ourMaps(_ type: String, _ endsWithNUL: Bool) throws {
    let folder = try postfixFolder()
    try folder.write("mini.cf", "O TrustedUser=root\n")
    let built = try run(
      Checkout.command("makemap"),
      ["-C", "mini.cf"] + (endsWithNUL ? ["-N"] : []) + [type, "map"],
      input: Self.source, in: folder.path)
    #expect(built.status == 0, "\(built)")
    let asked = Self.entries.map(\.key) + ["nosuch@domain1.example", "user1"]
    let answer = try Peer.postmap.run(
      ["-c", folder.path, "-q", "-", "\(type):\(folder.path)/map"],
      input: Array((asked.joined(separator: "\n") + "\n").utf8))
    #expect(
      answer.text == Self.entries.map { "\($0.key)\t\($0.value)\n" }.joined(),
      "\(answer.messageText)")
  }

  @Test("our reader finds in postmap's maps what was put in", arguments: ["hash", "btree"])
  func theirMaps(_ type: String) throws {
    let folder = try postfixFolder()
    try folder.write("map", Self.source)
    let built = try Peer.postmap.run(["-c", folder.path, "\(type):\(folder.path)/map"])
    #expect(built.status == 0, "\(built)")
    let file = try BerkeleyDBFile(path: folder.path + "/map.db")
    for entry in Self.entries {
      #expect(try file.lookUp(Array((entry.key + "\0").utf8)) == Array((entry.value + "\0").utf8))
    }
    #expect(try file.entries().count == Self.entries.count)
  }
}

@Suite(
  "Maps and text tables in sendmail's test mode",
  .enabled(if: Peer.sendmail.isWanted && isRoot, "\(rootHint)"))
struct SendmailMapTests {
  private func ask(
    _ folder: TemporaryFolder, _ maps: String, _ questions: [String]
  ) throws -> [String] {
    try folder.write("switch", "hosts files\naliases files\n")
    // Others may write to the folder for temporary files, which holds this one.
    let configuration = try folder.write(
      "x.cf",
      """
      V10/Berkeley
      O ServiceSwitchFile=\(folder.path)/switch
      O DontBlameSendmail=MapInUnsafeDirPath
      \(maps)
      Mlocal, P=/bin/true, A=x
      Mprog, P=/bin/sh, A=sh

      """)
    let result = try Peer.sendmail.runOnHost(
      "test.example", ["-C", configuration, "-bt"],
      input: Array(questions.map { "/map \($0)\n" }.joined().utf8))
    // It says so each time it opens a file there, in the middle of the answer.
    return result.text.replacing(/WARNING: World writable directory [^\n]*\n/, with: "")
      .split(separator: "\n").map(String.init)
      .filter { $0.contains("map_lookup: ") }
      .map { String($0.drop { $0 == ">" || $0 == " " }) }
  }

  @Test("sendmail finds in our maps what was put in, and our reader agrees")
  func ourMaps() throws {
    let folder = try TemporaryFolder()
    try folder.write("mini.cf", "O TrustedUser=root\n")
    let source = (0..<300).map { "Key\($0) value of \($0)\n" }.joined()
    for (type, name, options) in [("hash", "h", []), ("btree", "b", []), ("hash", "n", ["-N"])] {
      let built = try run(
        Checkout.command("makemap"), ["-C", "mini.cf"] + options + [type, name],
        input: Array(source.utf8), in: folder.path)
      #expect(built.status == 0, "\(built)")
    }
    let maps = [("h", "hash"), ("b", "btree"), ("n", "hash")]
    let questions = maps.flatMap { map in
      (0..<300).map { "\(map.0) key\($0)" } + ["\(map.0) none"]
    }
    let answers = try ask(
      folder, maps.map { "K\($0.0) \($0.1) \(folder.path)/\($0.0)\n" }.joined(), questions)
    let expected = questions.map { question -> String in
      let words = question.split(separator: " ")
      let number = words[1].dropFirst(3)
      return words[1] == "none"
        ? "map_lookup: \(words[0]) (none) no match (0)"
        : "map_lookup: \(words[0]) (key\(number)) returns value of \(number) (0)"
    }
    #expect(answers == expected)
  }

  @Test("our text tables answer as sendmail's")
  func textTables() throws {
    let folder = try TemporaryFolder()
    let text = """
      p q
      KEY:Val Ue: three
      a:b
      x:
       y:z
      d::e:f
      g : h
      uni: v1\u{20}
      dup
      dup 2
      trail\u{20}
      two a\t
      c2 d2
        lead v w
      #c:d
      long \(String(repeating: "l", count: 2100)) tail
      wide\(String(repeating: "w", count: 300)) widevalue
      q1 \(String(repeating: "b", count: 2042)) k2 v2
      last 1
      """
    let path = try folder.write("t", text)
    let shapes: [(Int, Int, String?)] = [
      (0, 0, nil), (0, 1, nil), (1, 0, nil), (0, 2, nil), (2, 1, nil), (0, 0, ":"), (0, 1, ":"),
      (0, 2, ":"), (1, 0, ":"), (0, 1, "a"),
    ]
    let keys = [
      "p", "q", "key", "KEY", "a", "b", "x", "y", "d", "g", "h", "uni", "uni:", "dup", "trail",
      "two", "c2",
      "lead", "#c", "long", "tail", "k2", "q1", "last", "1", "z", "e", "v", "two", "l",
      "wide" + String(repeating: "w", count: 252), "wide" + String(repeating: "w", count: 300),
    ]
    let maps = shapes.enumerated().map { index, shape in
      "Km\(index) text \(shape.2.map { "-z\($0) " } ?? "")-k\(shape.0) -v\(shape.1) \(path)\n"
    }.joined()
    let questions = shapes.indices.flatMap { index in keys.map { (index, $0) } }
    let answers = try ask(folder, maps, questions.map { "m\($0) \($1)" })
    let tables = try shapes.map {
      try TextTable(path: path, keyColumn: $0.0, valueColumn: $0.1, delimiter: $0.2?.utf8.first)
    }
    let ours = questions.map { index, key in
      let found = tables[index].lookUp(Array(key.utf8)).map { String(decoding: $0, as: UTF8.self) }
      return "map_lookup: m\(index) (\(key)) "
        + (found.map { "returns \($0) (0)" } ?? "no match (68)")
    }
    #expect(answers == ours)
  }
}
