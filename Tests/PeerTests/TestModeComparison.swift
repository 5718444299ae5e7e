// TestModeComparison.swift: the same input through the real `sendmail -bt` and ours.
//
// Ours runs in this process, under the host name that the real one is given.

import Foundation
import Posix
import Rulesets
import SendmailCF
import TestMode
import TestSupport
import Testing

/// What a dialogue printed and how it ended.
struct Dialogue {
  var output: [UInt8]
  var status: Int32
}

struct TestModeComparison {
  static let host = "test.example"
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("switch", "hosts\tfiles\naliases\tfiles\npasswd\tfiles\n")
    try folder.write("q/none", "")
  }

  /// Both answers for a configuration that is a file of the folder.
  func run(
    _ configuration: String, _ input: [UInt8], options: [String] = []
  ) throws -> (real: Dialogue, ours: Dialogue) {
    let real = try Peer.sendmail.runOnHost(
      Self.host, ["-C", configuration, "-bt"] + options, input: input, in: folder.path)
    return (
      Dialogue(output: real.output, status: real.status), try ours(configuration, input, options)
    )
  }

  private func ours(
    _ configuration: String, _ input: [UInt8], _ options: [String]
  ) throws -> Dialogue {
    let inputPath = try folder.write("ours.input", input)
    let outputPath = try folder.write("ours.output", "")
    var debug = DebugLevels()
    for option in options where option.hasPrefix("-d") { debug.set(Array(option.dropFirst(2).utf8)) }
    var host = HostIdentity.current()
    host.name = Array(Self.host.utf8)
    var settings = ProgramSettings()
    settings.environment = host.environment
    settings.allowsPrograms = true
    let bytes = try readFile(folder.path + "/" + configuration)
    let program = ProgramBuilder.build(bytes, name: configuration, settings: settings)
    guard let source = FileHandle(forReadingAtPath: inputPath),
      let target = FileHandle(forWritingAtPath: outputPath)
    else { throw POSIXError(.EIO) }
    let session = TestSession(program, host: host, debug: debug, output: target.fileDescriptor)
    let status = session.run(input: source.fileDescriptor)
    return Dialogue(output: try readFile(outputPath), status: status)
  }

  /// Expands a .mc with the stock library, as people do, and returns the name of the .cf.
  func expand(_ name: String, _ mc: String) throws -> String {
    let text = mc.replacingOccurrences(of: "@", with: folder.path)
    let source = try folder.write(name + ".mc", text)
    let result = try Peer.m4.run(
      ["-D_NO_MAKEINFO_", "../m4/cf.m4", source], in: Peer.library + "/cf")
    try folder.write(name + ".cf", result.output)
    return name + ".cf"
  }

  /// Makes the tables with the real makemap.
  func makeMaps(_ type: String, _ tables: [String: String]) throws {
    try folder.write("makemap.cf", "V10\n")
    for (name, text) in tables {
      let made = try Peer.makemap.run(
        ["-C", folder.path + "/makemap.cf", type, folder.path + "/" + name],
        input: Array(text.replacingOccurrences(of: " ", with: "\t").utf8))
      #expect(made.status == 0, "\(name): \(made)")
    }
  }

  /// Fails with the first line that differs.
  static func expectSame(
    _ pair: (real: Dialogue, ours: Dialogue), _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    if pair.real.output != pair.ours.output {
      let real = lines(of: pair.real.output)
      let ours = lines(of: pair.ours.output)
      let line =
        zip(real, ours).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        ?? min(real.count, ours.count)
      func shown(_ lines: [ArraySlice<UInt8>]) -> String {
        lines[max(0, line - 3)..<min(lines.count, line + 2)]
          .map { String(decoding: $0.prefix(160), as: UTF8.self) }.joined(separator: "\n")
      }
      Issue.record(
        "\(what): line \(line + 1) differs\n--- real\n\(shown(real))\n--- ours\n\(shown(ours))",
        sourceLocation: sourceLocation)
    }
    #expect(pair.real.status == pair.ours.status, "\(what): status", sourceLocation: sourceLocation)
  }
}
