// Where each line of a .cf came from. The witness is the text itself: a run that the map gives to
// a file must stand in that file at that line.

import Diagnostics
import Foundation
import MCCompiler
import MacroProcessor
import Posix
import TestSupport
import Testing

@Suite("The source map of a sendmail.cf")
struct SourceMapTests {
  private static let sites = ["examples/debian/sendmail.mc", "examples/example.edu/sendmail.mc"]

  private func compile(_ site: String, library: String = Checkout.root + "/macros") throws -> Compilation {
    let compiler = MCCompiler(library: try #require(Library(folder: library)))
    let found = compiler.compile(Checkout.root + "/" + site)
    #expect(!found.hasErrors, "\(found.diagnostics)")
    return found
  }

  @Test("bytes that are said to stand in a file stand there", arguments: sites)
  func bytesOfFiles(_ site: String) throws {
    try expectBytes(in: try compile(site), atLeast: 500)
  }

  @Test("the same with sendmail's own library", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
  func stockLibrary() throws {
    let compiler = MCCompiler(library: try #require(Library(folder: Peer.library)))
    try expectBytes(in: compiler.compile(Peer.library + "/cf/generic-linux.mc"), atLeast: 500)
  }

  private func expectBytes(in found: Compilation, atLeast least: Int) throws {
    let map = try #require(found.map).map
    var texts: [Int: [ArraySlice<UInt8>]] = [:]
    var checked = 0
    for (index, run) in map.runs.enumerated() where run.isFile {
      let end = index + 1 < map.runs.count ? map.runs[index + 1].start : found.configuration.count
      let file = String(decoding: map.file(run.file), as: UTF8.self)
      let lines = try texts[run.file] ?? readFile(file).split(separator: 0x0A, omittingEmptySubsequences: false)
      texts[run.file] = lines
      for (offset, piece) in found.configuration[run.start..<end].split(
        separator: 0x0A, omittingEmptySubsequences: false
      )
      .enumerated() where !piece.isEmpty {
        let number = run.line + offset - 1
        let line = lines.indices.contains(number) ? String(decoding: lines[number], as: UTF8.self) : ""
        let wanted = String(decoding: piece, as: UTF8.self)
        #expect(line.contains(wanted), "\(file):\(number + 1) has no \(wanted)")
        checked += 1
      }
    }
    #expect(checked >= least)
  }

  @Test("every line has an origin, and rules of features that the site asked for name them")
  func requests() throws {
    let found = try compile("examples/debian/sendmail.mc")
    let map = try #require(found.map)
    let lines = found.configuration.split(separator: 0x0A, omittingEmptySubsequences: false)
    for number in 1..<lines.count { #expect(map.origin(ofLine: number) != nil, "line \(number)") }
    let requests = Set((1..<lines.count).compactMap { map.origin(ofLine: $0)?.request })
    // One only leaves a line out, the other has rules in what a mailer asks for.
    let others = ["no_default_msa", "always_add_domain"]
    for call in found.calls where ["FEATURE", "MAILER"].contains(call.name) && !others.contains(call.text(0)) {
      #expect(requests.contains("\(call.name)(`\(call.text(0))')"), "\(call.summary): \(requests.sorted())")
    }
    #expect(map.origin(ofLine: lines.count + 5) == nil && map.origin(ofLine: 0) == nil)
  }

  @Test("text of the site file itself is where it stands")
  func ownText() throws {
    let compiler = MCCompiler(library: try #require(Library(folder: Checkout.root + "/macros")))
    let source =
      "OSTYPE(`linux')dnl\nMAILER(`smtp')dnl\nLOCAL_CONFIG\nDXown\n# more\nDYtoo\n\nLOCAL_RULE_0\nR$* own\t\t$: $1\n"
    let found = compiler.compile(Array(source.utf8), named: "site.mc")
    let map = try #require(found.map)
    let lines = found.configuration.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (text, line) in [("DXown", 4), ("DYtoo", 6), ("R$* own\t\t$: $1", 9)] {
      let number = try #require(lines.firstIndex { $0.elementsEqual(text.utf8) }) + 1
      #expect(map.origin(ofLine: number)?.place == SourcePosition(file: "site.mc", line: line))
    }
  }
}
