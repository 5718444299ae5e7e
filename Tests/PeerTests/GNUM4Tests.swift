// The same bytes, messages and status as GNU m4: on small scripts, one a file, and
// on every site file that comes with sendmail, called in each way people call it.

import Foundation
import TestSupport
import Testing

private let ours = Checkout.command("m4")

/// Runs both as `m4` in a folder and compares all they leave behind.
private func expectSame(
  _ arguments: [String], in folder: String, masking mask: ([UInt8]) -> [UInt8] = { $0 },
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let names = try TemporaryFolder()
  func result(_ program: String) throws -> RunResult {
    // Messages begin with the name of the program: both get the same one.
    let link = names.path + "/m4"
    try? FileManager.default.removeItem(atPath: link)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: program)
    var result = try run(link, arguments, in: folder, environment: Peer.environment)
    result.output = mask(result.output)
    return result
  }
  let expected = try result(Peer.m4.path)
  let found = try result(ours)
  #expect(found == expected, "m4 \(arguments)", sourceLocation: sourceLocation)
}

@Suite(
  "Same output, messages and status as GNU m4", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
struct GNUM4Tests {
  static let fixtures = Checkout.root + "/Tests/PeerTests/Fixtures/m4"

  static var scripts: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: fixtures)) ?? [])
      .filter { $0.hasSuffix(".m4") }.sorted()
  }

  @Test("small scripts, each a corner of the language", arguments: scripts)
  func script(_ name: String) throws {
    try expectSame([name], in: Self.fixtures)
  }

  @Test("there are scripts at all")
  func scriptsFound() { #expect(Self.scripts.count > 15) }

  static let optionCases: [[String]] = [
    ["-DX=1", "-"], ["-P", "names-and-choices.m4"], ["-Q", "names-and-choices.m4"],
    ["-G", "names-and-choices.m4"], ["-E", "eval.m4"], ["-E", "-E", "eval.m4"],
    ["-UX", "-DX", "nosuch.m4", "eval.m4"], ["-L5", "recursion.m4"], ["-dV", "lines.m4"],
    ["-t", "f", "redefined-while-called.m4"], ["-l", "3", "-dt", "lines.m4"],
    ["-Dlen=x", "texts-quotes-comments.m4"],
    ["-I", ".", "lines.m4"], ["--define=foo=HIT", "words-run-on-across-files.m4", "eval.m4"],
    ["--no-such-option"], ["-Z"], ["--debug=z", "eval.m4"],
  ]

  @Test("options", arguments: optionCases)
  func options(_ arguments: [String]) throws {
    try expectSame(arguments, in: Self.fixtures)
  }

  // MARK: sendmail's library

  struct SiteFile: Sendable, CustomStringConvertible {
    let folder: String
    let name: String
    var description: String { folder + "/" + name }
  }

  static var siteFiles: [SiteFile] {
    ["cf", "debian"].flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: Peer.library + "/" + folder)) ?? [])
        .filter { $0.hasSuffix(".mc") }.sorted().map { SiteFile(folder: folder, name: $0) }
    }
  }

  @Test("sendmail's own site files are all there")
  func siteFilesFound() { #expect(Self.siteFiles.count >= 35) }

  @Test("sendmail's library expands to the same .cf, called both ways", arguments: siteFiles)
  func library(_ file: SiteFile) throws {
    let folder = Peer.library + "/" + file.folder
    let start = "../m4/cf.m4"
    for arguments in [
      ["-D_CF_DIR_=\(Peer.library)/", start, file.name], [start, file.name], [file.name],
    ] {
      try expectSame(["-D_NO_MAKEINFO_"] + arguments, in: folder)
    }
    // With the lines that tell who built it, where and when, which differ from run to run.
    try expectSame(
      ["-D_CF_DIR_=\(Peer.library)/", start, file.name], in: folder, masking: maskOrigin)
  }

  private func maskOrigin(_ output: [UInt8]) -> [UInt8] {
    let lines = output.split(separator: 0x0A, omittingEmptySubsequences: false)
    return Array(
      lines.map { line in
        line.starts(with: "##### built by ".utf8) ? ArraySlice("##### built".utf8) : line
      }.joined(separator: [0x0A]))
  }
}
