// M4BisonTests.swift: Bison writes the same parsers, reports and messages with our m4.
//
// Each grammar of Fixtures/bison is about some of what Bison's skeletons can do; all that
// Bison writes of it is compared: the parser and its headers, the report, the graph, the XML.

import Foundation
import TestSupport
import Testing

@Suite(
  "Bison with both m4", .enabled(if: Peer.bison.isWanted, "\(Peer.bison.hint)"))
struct M4BisonTests {
  static let fixtures = Checkout.root + "/Tests/PeerTests/Fixtures/bison"

  static var grammars: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: fixtures)) ?? []).sorted()
  }

  /// Those that Bison is to refuse.
  static var sound: [String] {
    grammars.filter { !$0.hasPrefix("wrong-") && !$0.hasPrefix("no-such-") }
  }

  @Test("there are grammars for every skeleton that Bison has")
  func skeletonsCovered() throws {
    let texts = try Self.grammars.map { try String(contentsOfFile: Self.fixtures + "/" + $0, encoding: .utf8) }
    for skeleton in ["glr.cc", "glr2.cc", "lalr1.cc", "lalr1.d", "lalr1.java"] {
      #expect(texts.contains { $0.contains("%skeleton \"\(skeleton)\"") }, "\(skeleton)")
    }
    #expect(texts.contains { $0.contains("%glr-parser") && !$0.contains("%skeleton") })
    #expect(Self.grammars.count > 15)
  }

  @Test("the same parser, report, graph, XML and messages", arguments: grammars)
  func everything(_ grammar: String) throws {
    let header = grammar.hasSuffix(".java.y") || grammar.hasSuffix(".d.y") ? [] : ["--header"]
    let files = try expectSame(["-Wall", "--graph", "--xml", "--report=all"] + header, grammar)
    // More than the grammar, the report, the graph and the XML.
    if Self.sound.contains(grammar) { #expect(files.count > 4 + header.count, "\(files)") }
  }

  /// Every macro call of the skeletons, as m4 traces it.
  @Test("the same trace", arguments: ["calculator.y", "calculator.yy"])
  func trace(_ grammar: String) throws {
    _ = try expectSame(["--trace=m4"], grammar)
  }

  @Test("no lines of places, a prefix, another name, a table of tokens")
  func options() throws {
    _ = try expectSame(["-l", "-p", "other", "-o", "other.c", "-k", "--header=names.h"], "plain.y")
    _ = try expectSame(["-y", "-d", "-t", "-v"], "plain.y")
    _ = try expectSame(["-Dapi.prefix={other}", "-Fparse.trace", "--locations", "--color=always"], "push.y")
    _ = try expectSame(["-S", "glr.c", "-Wcounterexamples"], "conflicts.y")
    _ = try expectSame(["-Werror"], "conflicts.y")
  }

  /// Runs Bison with either m4 and compares all it leaves; returns the names of the files.
  private func expectSame(
    _ arguments: [String], _ grammar: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [String] {
    let m4 = try BothM4()
    func outcome(_ side: BothM4.Side) throws -> (result: RunResult, files: FolderContents) {
      let folder = try TemporaryFolder()
      try FileManager.default.copyItem(
        atPath: Self.fixtures + "/" + grammar, toPath: folder.path + "/" + grammar)
      let result = try m4.run(
        side, [Peer.bison.path] + arguments + [grammar], in: folder.path,
        environment: ["M4": "m4", "BISON_PKGDATADIR": Peer.folder + "/root/usr/share/bison"])
      return (result, try FolderContents(folder.path))
    }
    let expected = try outcome(.gnu)
    let found = try outcome(.ours)
    let difference = BothM4.difference(expected.result, found.result)
    #expect(difference == nil, "bison \(arguments) \(grammar)", sourceLocation: sourceLocation)
    let files = expected.files.differences(from: found.files)
    #expect(files == [], "bison \(arguments) \(grammar)", sourceLocation: sourceLocation)
    return expected.files.names
  }
}
