// M4AutoconfTests.swift: `configure` of real packages made anew by autoconf, with GNU m4 and
// with ours: the same script, headers, traces, messages and frozen states.

import Foundation
import TestSupport
import Testing

@Suite(
  "autoconf with both m4", .enabled(if: SourcePackage.isWanted, "\(SourcePackage.hint)"))
struct M4AutoconfTests {
  private let m4: BothM4

  init() throws { m4 = try BothM4() }

  /// Runs programs in a fresh copy of the package with either m4.
  private func expectSame(
    _ package: String, _ commands: [[String]], macros: [BothM4.Side: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> FolderContents {
    func outcome(_ side: BothM4.Side) throws -> (results: [RunResult], files: FolderContents) {
      let scratch = try TemporaryFolder()
      let folder = scratch.path + "/" + package
      try SourcePackage.copy(package, to: folder)
      let autoconf = Autoconf(m4: m4, side: side, macros: macros[side] ?? Autoconf.macros)
      var results = try commands.map { try autoconf.run($0[0], Array($0.dropFirst()), in: folder) }
      if macros[.gnu] != macros[.ours] {
        // Each has states of its own, whose places are told.
        _ = try run("/bin/sh", ["-c", "grep -rlZ states-b . | xargs -0r sed -i s/states-b/states-a/g"], in: folder)
        for index in results.indices {
          let text = String(decoding: results[index].messages, as: UTF8.self)
          results[index].messages = Array(text.replacingOccurrences(of: "states-b", with: "states-a").utf8)
        }
      }
      // Where the macros lie is in the index of the cache.
      try? FileManager.default.removeItem(atPath: folder + "/autom4te.cache/requests")
      return (results, try FolderContents(folder))
    }
    let expected = try outcome(.gnu)
    let found = try outcome(.ours)
    for (command, results) in zip(commands, zip(expected.results, found.results)) {
      #expect(results.0.status == 0, "\(package): \(command) \(results.0)", sourceLocation: sourceLocation)
      let difference = BothM4.difference(results.0, results.1)
      #expect(difference == nil, "\(package): \(command)", sourceLocation: sourceLocation)
    }
    #expect(expected.files.differences(from: found.files) == [], "\(package)", sourceLocation: sourceLocation)
    return expected.files
  }

  @Test("configure, its header and the traces", arguments: SourcePackage.names)
  func configure(_ package: String) throws {
    let files = try expectSame(
      package, [["autoconf", "-f", "-o", "configure.new"], ["autoheader", "-f"]])
    #expect(files.size(of: "configure.new") > 300_000)
    #expect(files.size(of: "autom4te.cache/traces.0") > 50_000)
  }

  @Test("what aclocal finds the package to need", arguments: ["hello", "gawk"])
  func aclocal(_ package: String) throws {
    let files = try expectSame(
      package,
      [
        ["aclocal-" + Autoconf.automakeVersion, "-I", "m4", "--output=aclocal.new"],
        ["autom4te", "-l", "autoconf", "-t", "AC_DEFINE", "configure.ac"],
      ])
    #expect(files.size(of: "aclocal.new") > 10_000)
  }

  @Test("from macro files alone, without frozen states")
  func withoutFrozenStates() throws {
    let scratch = try TemporaryFolder()
    let macros = scratch.path + "/macros"
    try Autoconf.copyMacros(to: macros)
    _ = try expectSame("hello", [["autoconf", "-f"]], macros: [.gnu: macros, .ours: macros])
  }

  @Test("autoconf's frozen states, made by each and loaded by the other")
  func frozenStates() throws {
    let scratch = try TemporaryFolder()
    let macros = [BothM4.Side.gnu: scratch.path + "/states-a", .ours: scratch.path + "/states-b"]
    for (side, folder) in macros {
      try Autoconf.copyMacros(to: folder)
      let autoconf = Autoconf(m4: m4, side: side, macros: folder)
      for (language, state) in Autoconf.languages {
        let result = try autoconf.run(
          "autom4te", ["--language=" + language, "--freeze", "--output=" + folder + "/" + state], in: scratch.path)
        #expect(result.status == 0 && result.messages.isEmpty, "\(side) \(language) \(result)")
      }
    }
    for (_, state) in Autoconf.languages {
      // The order of the definitions is that of the program's table, and the first line names it.
      let lines = try BothM4.Side.allCases.map { side in
        try String(contentsOfFile: (macros[side] ?? "") + "/" + state, encoding: .isoLatin1)
          .replacingOccurrences(of: "states-b", with: "states-a")
          .components(separatedBy: "\n").dropFirst().sorted().joined(separator: "\n")
      }
      #expect(BothM4.difference(Array(lines[0].utf8), Array(lines[1].utf8)) == nil, "\(state)")
    }
    // Each loads what the other has frozen.
    let crossed = [BothM4.Side.gnu: macros[.ours] ?? "", .ours: macros[.gnu] ?? ""]
    _ = try expectSame("hello", [["autoconf", "-f"]], macros: crossed)
  }
}
