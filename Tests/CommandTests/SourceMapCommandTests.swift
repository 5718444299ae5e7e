// Where text came from, as the commands tell it: m4's messages and maps, waybill's maps of a .cf.

import Foundation
import TestSupport
import Testing

@Suite("Messages and maps of m4")
struct M4FindingsTests {
  private static let fixtures = Checkout.root + "/Tests/PeerTests/Fixtures/m4"

  static var scripts: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: fixtures)) ?? []).filter { $0.hasSuffix(".m4") }.sorted()
  }

  /// Two runs apart differ in the names of files that they make.
  private static let unlike: Set<String> = ["files.m4", "temporary-files.m4"]

  @Test("neither form of the messages, nor a map, changes output or status", arguments: scripts)
  func sameOutput(_ script: String) throws {
    let map = try TemporaryFolder()
    let plain = try run(Checkout.command("m4"), [script], in: Self.fixtures)
    for options in [["--diagnostics=rich"], ["--diagnostics=json"], ["--source-map=\(map.path)/map"]] {
      let other = try run(Checkout.command("m4"), options + [script], in: Self.fixtures)
      #expect(other.status == plain.status, "\(options)")
      if !Self.unlike.contains(script) { #expect(other.output == plain.output, "\(options) \(other)") }
    }
  }

  @Test("each warning of the plain form is one of the rich form, and JSON is JSON")
  func sameMessages() throws {
    let folder = try TemporaryFolder()
    let text = "define(`f', `incr($1)')dnl\nf(x)eval(1 +)\nsubstr(`a')index\nundefine(`f')indir(`f')len(`open"
    try folder.write("a.m4", text)
    let plain = try run(Checkout.command("m4"), ["a.m4"], in: folder.path).messageText
    let rich = try run(Checkout.command("m4"), ["--diagnostics=rich", "a.m4"], in: folder.path).messageText
    let json = try run(Checkout.command("m4"), ["--diagnostics=json", "a.m4"], in: folder.path).messageText
    let said = plain.split(separator: "\n").map { line in
      let text = line.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? ""
      return ["ERROR: ", "Warning: "].first { text.hasPrefix($0) }.map { String(text.dropFirst($0.count)) } ?? text
    }
    #expect(said.count == 5)
    for text in said { #expect(rich.contains(text), "\(text)\n\(rich)") }
    for line in json.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(object?["message"] is String && object?["file"] is String)
    }
    #expect(json.split(separator: "\n").count == said.count)
  }

  @Test("slips of the pen are told in the rich form and in JSON, with the same place")
  func slips() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.m4", "define(`f', `<$1>')dnl\nf(`x'))dnl\nf (`y')\n")
    let rich = try run(Checkout.command("m4"), ["--diagnostics=rich", "a.m4"], in: folder.path)
    #expect(
      rich.messageText == """
        a.m4:2:7: warning: this ) closes nothing and goes to the output [WB1106]
            2 | f(`x'))dnl
              |       ^
          a.m4:2:1: note: f, which begins here, has ended before
          fix: take it out, or put text that contains a ) in quotes
        a.m4:3:1: warning: f stands without arguments: its parenthesis must follow it directly [WB1108]
            3 | f (`y')
              | ^
          fix: write f(…) without a blank

        """)
    let json = try run(Checkout.command("m4"), ["--diagnostics=json", "a.m4"], in: folder.path).messageText
    let objects = try json.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.map { $0["line"] as? Int } == [2, 3] && objects.map { $0["column"] as? Int } == [7, 1], "\(json)")
    #expect(objects.map { $0["code"] as? String } == ["WB1106", "WB1108"])
    #expect(objects.allSatisfy { $0["fix"] is String })
    #expect(((objects.first?["notes"] as? [[String: Any]])?.first?["line"] as? Int) == 2)
  }

  @Test("another form is refused, and a map that cannot be written is told")
  func wrong() throws {
    let form = try run(Checkout.command("m4"), ["--diagnostics=loud", "/dev/null"])
    #expect(form.status == 64 && form.messageText.contains("plain, rich or json"))
    let map = try run(Checkout.command("m4"), ["--source-map=/no/such/place", "/dev/null"])
    #expect(map.status == 73 && map.messageText.contains("cannot write `/no/such/place'"))
  }

  @Test("a map goes into a pipe; what cannot be read again has no excerpt")
  func pipes() throws {
    let folder = try TemporaryFolder()
    // What is called like standard input is another text.
    try folder.write("stdin", "a's\n")
    let script = """
      mkfifo pipe; cat pipe > got & echo text | "$0" --source-map=pipe; wait; [ -p pipe ] && head -c 12 got
      (printf 'define(`long name here, `x' > pipe &); "$0" --diagnostics=rich pipe
      printf 'define(`long name here, `x' | "$0" --diagnostics=rich
      """
    let result = try run("/bin/sh", ["-c", script, Checkout.command("m4")], in: folder.path)
    #expect(result.text == "text\n{\"version\":1", "\(result)")
    let lines = result.messageText.split(separator: "\n")
    #expect(lines.count { $0.contains("end of file in string") } == 2, "\(result)")
    #expect(!lines.contains { $0.contains(" | ") }, "\(result)")
  }
}

@Suite("Source maps of waybill")
struct SourceMapCommandTests {
  private func build() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let site = Checkout.root + "/examples/debian"
    let result = try run(
      Checkout.command("waybill"), ["build", site + "/sendmail.mc", "--tables", site, "--output", folder.path + "/out"])
    #expect(result.status == 0, "\(result)")
    return folder
  }

  private func trace(_ folder: TemporaryFolder, _ options: [String] = []) throws -> RunResult {
    try run(
      Checkout.command("waybill"),
      ["trace", "--config", folder.path + "/out/sendmail.cf", "--client", "192.0.2.7"] + options + [
        "someone@else.example"
      ])
  }

  @Test("a trace of a built .cf tells which lines of the site file asked for its rules")
  func trace() throws {
    let folder = try build()
    let result = try trace(folder)
    #expect(result.text.contains("sendmail.mc:"), "\(result)")
    let site = try String(contentsOfFile: Checkout.root + "/examples/debian/sendmail.mc", encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    // What is told stands there.
    let places = result.text.matches(of: /\[from (\w+)\(`([^']*)'\) at [^\]]*sendmail\.mc:(\d+)/)
    #expect(!places.isEmpty)
    for place in places {
      let number = try #require(Int(place.3))
      #expect(site[number - 1].contains("\(place.1)(`\(place.2)"), "\(place.0)")
    }
    #expect(try trace(folder, ["--json"]).text.contains("\"origin\":\"from "))
  }

  @Test("a map of another .cf, a damaged one and none are passed over")
  func otherMaps() throws {
    let folder = try build()
    let path = folder.path + "/out/sendmail.cf"
    let map = try Data(contentsOf: URL(fileURLWithPath: path + ".map"))
    for bad in [
      Data(), Data("{".utf8), map.prefix(map.count / 2), Data("[1,2]".utf8), Data(repeating: 0xFF, count: 99),
    ] {
      try folder.write("out/sendmail.cf.map", bad)
      let result = try trace(folder)
      #expect(result.status == 0 && !result.text.contains("[from "), "\(result)")
    }
    try folder.write("out/sendmail.cf.map", map)
    try folder.write("out/sendmail.cf", try Data(contentsOf: URL(fileURLWithPath: path)) + Data("# more\n".utf8))
    #expect(try !trace(folder).text.contains("[from "))
  }

  @Test("what is wrong in a line of the .cf is told with the call that asked for it")
  func faults() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "site.mc", "OSTYPE(`linux')dnl\nFEATURE(`mailertable', `nosuchtype /x')dnl\nMAILER(`smtp')dnl\n")
    let result = try run(Checkout.command("waybill"), ["check", folder.path + "/site.mc"])
    #expect(result.messageText.contains("FEATURE(`mailertable')"), "\(result)")
    #expect(result.messageText.contains("site.mc:2"), "\(result)")
  }

  @Test("a slip that spoils the .cf is an error at its place, and the .cf's own faults are not told beside it")
  func slips() throws {
    let folder = try TemporaryFolder()
    try folder.write("site.mc", "OSTYPE(`linux')dnl\nFEATURE(`mailertable'))dnl\nMAILER(`smtp')dnl\n")
    for command in [["check"], ["build", "--output", folder.path + "/out"]] {
      let result = try run(Checkout.command("waybill"), command + [folder.path + "/site.mc"])
      #expect(result.status == 65, "\(result)")
      #expect(
        result.messageText == """
          \(folder.path)/site.mc:2:23: error: this ) closes nothing and goes to the output [WB1106]
              2 | FEATURE(`mailertable'))dnl
                |                       ^
            \(folder.path)/site.mc:2:1: note: FEATURE, which begins here, has ended before
            fix: take it out, or put text that contains a ) in quotes

          """)
    }
    let json = try run(Checkout.command("waybill"), ["check", "--json", folder.path + "/site.mc"])
    let line = try #require((json.text + json.messageText).split(separator: "\n").first)
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    #expect(object?["code"] as? String == "WB1106" && object?["column"] as? Int == 23, "\(json)")
    #expect(object?["severity"] as? String == "error", "\(json)")
  }
}
