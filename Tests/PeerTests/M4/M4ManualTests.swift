// M4ManualTests.swift: the examples of GNU m4's manual and the files that come with it, run
// through GNU m4 and ours as the manual shows them and once more under some options.

import Foundation
import TestSupport
import Testing

@Suite(
  "The examples of m4's manual under both m4",
  .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
struct M4ManualTests {
  /// Given besides those of the example.
  static let options = ["", "-dV", "-E", "-G", "-s"]

  @Test("the manual is full of examples, which say what GNU m4 does")
  func examplesFound() throws {
    #expect(M4Manual.exampleFiles.count > 40)
    let steps = M4Manual.pages.flatMap(M4Manual.examples).flatMap(\.steps)
    #expect(steps.count > 230)
    let folder = try self.folder()
    let m4 = try BothM4()
    let asShown = try steps.filter { step in
      let shown = step.output.map { $0 + "\n" }.joined()
      let command = ["/bin/sh", "-c", step.command]
      return try m4.run(.gnu, command, in: folder.path, input: Array(Self.input(of: step).utf8)).text == shown
    }
    // The rest are pieces of text, or depend on files and machines of the manual's own.
    #expect(asShown.count > 195, "\(asShown.count)")
  }

  @Test("each example", arguments: M4Manual.pages)
  func page(_ page: String) throws {
    let examples = M4Manual.examples(on: page)
    for option in examples.isEmpty ? [] : Self.options {
      let steps = examples.flatMap { example in example.steps.map { (example.number, $0) } }
      let commands = steps.map { number, step in
        let (text, input) = (Self.command(of: step, option), Self.input(of: step))
        return BothM4.Command(title: "example \(number), \(text)\n\(input)", text: text, input: input)
      }
      try expectSame(commands, of: page)
    }
  }

  @Test("each file that comes with the manual", arguments: M4Manual.exampleFiles)
  func file(_ name: String) throws {
    // A macro of that file calls itself for ever where the builtin of its name is left out.
    let options = (Self.options + ["-d", "-P"]).filter { $0 != "-G" || name != "esyscmd.m4" }
    let commands = options.map { option in
      let text = "m4 \(option) -I examples examples/\(name)"
      return BothM4.Command(title: text, text: text)
    }
    try expectSame(commands, of: name)
  }

  // MARK: Running examples

  private func expectSame(
    _ commands: [BothM4.Command], of name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let folders = [BothM4.Side.gnu: try folder(), .ours: try folder()]
    let mask = ["Mkstemp.html", "misc.m4"].contains(name) ? Self.masked : { $0 }
    let paths = folders.mapValues(\.path)
    for difference in try BothM4().differences(commands, in: paths, masking: mask) {
      Issue.record("\(difference)", sourceLocation: sourceLocation)
    }
  }

  /// With the files that examples include.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/examples", withDestinationPath: M4Manual.exampleFolder)
    // Shown by `cat` where examples are about it.
    try folder.write("foo", "bar\n")
    return folder
  }

  /// Nothing is to be written outside the folder.
  private static func input(of step: M4Manual.Step) -> String {
    step.input.map { $0.replacingOccurrences(of: "/tmp/", with: "") + "\n" }.joined()
  }

  private static func command(of step: M4Manual.Step, _ option: String) -> String {
    step.command.split(separator: " ").map { $0 == "m4" ? "m4 " + option : String($0) }
      .joined(separator: " ")
  }

  /// Names that m4 makes up for files are not the same twice.
  private static func masked(_ bytes: [UInt8]) -> [UInt8] {
    Latin1.bytes(
      Latin1.text(bytes).replacing(/\b(foo-?|doc|hej)\w{5,7}\b/.wordBoundaryKind(.simple)) { "\($0.1)XXXXXX" })
  }
}
