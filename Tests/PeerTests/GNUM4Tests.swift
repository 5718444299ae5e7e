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
    // Old and foreign options, with what is said of them and the order in which it is said.
    ["-B5", "-S", "5", "-T5", "-N5", "--diversions=5", "-e", "-"], ["-B5", "-dz", "-Z"], ["-W", "x"], ["-S"],
    ["--word-regexp=x"], ["-H", "7", "-"], ["-Hx", "-"], ["-H"], ["-L", "1x", "recursion.m4"], ["-L-1", "eval.m4"],
    ["-l", "1x", "-dt", "lines.m4"], ["-l-1", "-dt", "lines.m4"], ["-EQP", "eval.m4"], ["-sPd", "eval.m4"],
    // Shortened names.
    ["--d"], ["--de"], ["--deb"], ["--s"], ["--t"], ["--h"], ["--i"], ["--f"], ["--e=x", "eval.m4"],
    ["--sy", "lines.m4"],
    ["--warn", "eval.m4"], ["--gnu=1"], ["--diversions"], ["--trad", "files.m4"],
    // Only the last -d counts, and every --debugfile from where it stands.
    ["-dt", "-d", "eval.m4"], ["-daeqt", "-dz", "eval.m4"], ["-d", "-dV", "lines.m4"], ["-d+t", "eval.m4"],
    ["-dt", "-o", "/nosuch/x", "lines.m4"], ["-dt", "--debugfile=/nosuch/x", "lines.m4"],
    ["-E", "--debugfile=/nosuch/x", "lines.m4"], ["-EE", "--debugfile=/nosuch/x", "lines.m4"],
    ["-dt", "lines.m4", "--debugfile=", "lines.m4", "--debugfile", "lines.m4"],
    // Lines, definitions and traces from where the option stands.
    ["-s", "lines.m4"], ["-s", "diversions.m4"], ["-s", "files.m4", "lines.m4", "-"],
    ["fo.txt", "-s", "inc.txt", "fo.txt"],
    ["-s", "m4wrap-order.m4"], ["-s", "texts-quotes-comments.m4"], ["-s", "-dV", "commands-and-messages.m4"],
    ["-tlen", "lines.m4", "-Dlen", "-tfoo", "lines.m4"],
    // What definitions contain.
    ["--warn-macro-sequence", "-Dx=$10", "redefined-while-called.m4"], ["--warn-macro-sequence=a*", "lines.m4"],
    ["--warn-macro-sequence=a", "--warn-macro-sequence=", "lines.m4"], ["--warn-macro-sequence=\\(", "lines.m4"],
    ["--warn-macro-sequence=a", "-EE", "lines.m4"], ["--warn-macro-sequence=a", "-E", "lines.m4"],
    ["-G", "-I.", "files.m4"], ["-G", "undiverted-names.m4"], ["-G", "-g", "names-and-choices.m4"], ["-i", "lines.m4"],
    ["-G", "-dV", "m4wrap-order.m4"], ["-dV", "-s", "trace.m4"], ["-E", "-E", "nosuch", "eval.m4"],
    ["-E", "undiverted-names.m4"],
  ]

  @Test("options", arguments: optionCases)
  func options(_ arguments: [String]) throws {
    try expectSame(arguments, in: Self.fixtures)
  }

  @Test("options where POSIXLY_CORRECT and M4PATH are set")
  func environment() throws {
    let comparison = try M4Comparison()
    let files: [String: [UInt8]] = [
      "p": Array("esyscmd(`echo a')include(`f')\n".utf8), "d/f": Array("F".utf8), "e/f": [0x67],
      "n": Array("include(`n2')".utf8), "d/n2": Array("__file__ len(".utf8),
      "u": Array("patsubst(`äöß', `.', `<\\&>') regexp(`a äb', `\\w+ \\w+') patsubst(`xäöü', `[äö]', `')\n".utf8),
      "v": Array("patsubst(`ab', `.', `<\\&>')patsubst(`".utf8) + [0xE4, 0x61, 0xC3]
        + Array(
          "', `.', `<\\&>')patsubst(`ä', `\\W', `-')patsubst(`ab', `.', `<\\&>')regexp(`Ä', `[[:upper:]]')\n".utf8),
    ]
    for (arguments, variables) in [
      (["p", "-Dx"], ["POSIXLY_CORRECT": "1"]), (["p"], ["M4PATH": "d:e"]), (["-I", "e", "p"], ["M4PATH": "d"]),
      (["p"], ["M4PATH": ":d:"]), (["-G", "p"], ["M4PATH": "d"]), (["-dp", "p"], ["M4PATH": "/nosuch:d"]),
      (["-I", "d//", "n"], [:]), (["n"], ["M4PATH": "e/:./d/"]), (["-I", "d/", "-dp", "n"], [:]),
      (["u", "v"], ["LC_ALL": "C.UTF-8"]), (["u", "v"], ["LC_ALL": nil, "LANG": "C.UTF-8"]),
      (["u", "v"], ["LC_ALL": "C"]),
      (["u", "v"], ["LC_ALL": "nosuch"]), (["v", "u"], ["LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"]),
    ] as [([String], [String: String?])] {
      let results = try [Peer.m4.path, ours].map {
        try comparison.run($0, arguments, files: files, environment: variables)
      }
      #expect(results[1] == results[0], "\(arguments) \(variables)")
    }
  }

  @Test(
    "standard input, with tokens over several lines",
    arguments: [
      "len(`a\n'b", "`a\nb\n'c", "define(`x',\n defn(`len'))x(abc)", "changecom(/*,*/)/*\n\n*/len", "len(", "len(\n",
      "dnl x\na", "a\ndnl", "#a\nb\n#c", "changequote(`a\nb',`c\nd')\na\nblen(\n)c\nd\nlen(x)__line__\n",
      "m4wrap(`a\n')b", "len(a,\nb,\n", "a\u{E9}b\n", "",
      "len(`a\nb\0c')", "len(`a\nb\0c\nd')x\n", "define(`x', `a\nb`\0'c')x(`\0')",
    ])
  func standardInput(_ text: String) throws {
    let comparison = try M4Comparison()
    let input = Latin1.bytes(text)
    for arguments in [[], ["-dV", "-"], ["-s", "-", "-"]] {
      let results = try [Peer.m4.path, ours].map { try comparison.run($0, arguments, input: input) }
      #expect(results[1] == results[0], "\(arguments)")
    }
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
    Array(
      lines(of: output).map { line in
        line.starts(with: "##### built by ".utf8) ? ArraySlice("##### built".utf8) : line
      }.joined(separator: [0x0A]))
  }
}
