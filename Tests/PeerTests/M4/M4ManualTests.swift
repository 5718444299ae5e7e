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

  private let m4: BothM4

  init() throws { m4 = try BothM4() }

  @Test("the manual is full of examples, which say what GNU m4 does")
  func examplesFound() throws {
    #expect(M4Manual.exampleFiles.count > 40)
    let results = try M4Manual.pages.flatMap(M4Manual.examples).flatMap { example in
      zip(example.steps, try outcome(of: example, .gnu, ""))
    }
    let asShown = results.filter { step, result in
      result.text == step.output.map { $0 + "\n" }.joined()
    }
    #expect(results.count > 230)
    // The rest are pieces of text, or depend on files and machines of the manual's own.
    #expect(asShown.count > 195, "\(asShown.count)")
  }

  @Test("each example", arguments: M4Manual.pages)
  func page(_ page: String) throws {
    for example in M4Manual.examples(on: page) {
      for option in Self.options {
        let expected = try outcome(of: example, .gnu, option)
        let found = try outcome(of: example, .ours, option)
        for (number, step) in example.steps.enumerated() {
          let difference = BothM4.difference(expected[number], found[number])
          #expect(
            difference == nil,
            "example \(example.number), \(step.command) \(option)\n\(step.input.joined(separator: "\n"))")
        }
      }
    }
  }

  @Test("each file that comes with the manual", arguments: M4Manual.exampleFiles)
  func file(_ name: String) throws {
    let step = M4Manual.Step(command: "m4 -I examples examples/" + name)
    let example = M4Manual.Example(page: name, number: 1, steps: [step])
    for option in Self.options + ["-d", "-P"] {
      let expected = try outcome(of: example, .gnu, option)
      let found = try outcome(of: example, .ours, option)
      #expect(BothM4.difference(expected[0], found[0]) == nil, "m4 \(option) \(name)")
    }
  }

  // MARK: Running an example

  /// Runs the steps one after the other in a folder of their own.
  private func outcome(
    of example: M4Manual.Example, _ side: BothM4.Side, _ option: String
  ) throws -> [RunResult] {
    let folder = try TemporaryFolder()
    try copyExamples(to: folder)
    return try example.steps.map { step in
      try prepare(step, in: folder)
      // Nothing is to be written outside the folder.
      let input = step.input.map { $0.replacingOccurrences(of: "/tmp/", with: "") + "\n" }.joined()
      let result = try m4.run(
        side, ["/bin/sh", "-c", command(step, option)], in: folder.path, input: Array(input.utf8))
      return Self.masking(result, example, in: folder.path)
    }
  }

  private func copyExamples(to folder: TemporaryFolder) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: M4Manual.exampleFolder) {
      let text = try String(contentsOfFile: M4Manual.exampleFolder + "/" + name, encoding: .isoLatin1)
      try folder.write("examples/" + name, LibrarySite.bytes(text.replacingOccurrences(of: "/tmp/", with: "")))
    }
  }

  /// What `cat` shows of a file that there is not stands in it.
  private func prepare(_ step: M4Manual.Step, in folder: TemporaryFolder) throws {
    let words = step.command.split(separator: " ")
    guard words.count == 2, words[0] == "cat" else { return }
    let name = String(words[1])
    if !FileManager.default.fileExists(atPath: folder.path + "/" + name) {
      try folder.write(name, step.output.map { $0 + "\n" }.joined())
    }
  }

  private func command(_ step: M4Manual.Step, _ option: String) -> String {
    step.command.split(separator: " ").map { $0 == "m4" ? "m4 " + option : String($0) }
      .joined(separator: " ")
  }

  /// The folder has another name each time, and so have files that m4 makes up names for.
  private static func masking(_ result: RunResult, _ example: M4Manual.Example, in folder: String) -> RunResult {
    func mask(_ bytes: [UInt8]) -> [UInt8] {
      var text = LibrarySite.text(bytes).replacingOccurrences(of: folder, with: "FOLDER")
      if ["Mkstemp.html", "misc.m4"].contains(example.page) {
        text = text.replacing(/\b(foo|doc|hej)\w{5,7}\b/) { "\($0.1)XXXXXX" }
      }
      return LibrarySite.bytes(text)
    }
    return RunResult(output: mask(result.output), messages: mask(result.messages), status: result.status)
  }
}
