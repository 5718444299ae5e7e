// M4FrozenStateTests.swift: a state that either m4 saved goes on in the other as in itself,
// and a damaged one is refused in GNU m4's words.

import Foundation
import TestSupport
import Testing

@Suite("Frozen states as GNU m4's", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
struct M4FrozenStateTests {
  private static let both = [Peer.m4.path, Checkout.command("m4")]
  /// Shows all that a state holds.
  private static let questions = Array("dumpdef`'a`'b(1,2)divnum\nundivert\n# a comment\n".utf8)

  /// GNU m4 goes on for ever on some damaged states.
  private func patience(_ program: String) -> Double { program == Peer.m4.path ? 2 : 60 }

  private func freeze(
    _ comparison: M4Comparison, _ program: String, _ text: [UInt8], _ arguments: [String] = []
  ) throws -> (state: [UInt8], result: M4Comparison.Result) {
    let result = try comparison.run(
      program, arguments + ["-F", "state", "p.m4"], files: M4ProgramGenerator.files.merging(["p.m4": text]) { $1 },
      seconds: patience(program))
    return (result.files["state"] ?? [], result)
  }

  /// Freezes in both, goes on in both from each of the two states, and compares.
  private func expectSame(_ text: [UInt8], _ arguments: [String] = [], _ what: String) throws {
    let comparison = try M4Comparison()
    let states = try Self.both.map { try freeze(comparison, $0, text, arguments) }
    guard states[0].result.saysSomething else { return }
    #expect(states[1].result.run == states[0].result.run, "\(what)")
    #expect(Set(directives(states[1].state)) == Set(directives(states[0].state)), "\(what)")
    guard !states[0].state.isEmpty else { return }
    let results = try states.flatMap { state in
      try Self.both.map {
        try comparison.run(
          $0, ["-d", "-R", "state", "-"], files: M4ProgramGenerator.files.merging(["state": state.state]) { $1 },
          input: Self.questions, seconds: patience($0))
      }
    }
    guard results[0].saysSomething else { return }
    for (result, way) in zip(results, ["GNU m4 to itself", "GNU m4 to ours", "ours to GNU m4", "ours to itself"]) {
      #expect(result == results[0], "\(what): \(way)")
    }
  }

  /// Lines without comments; the order of names is each program's own.
  private func directives(_ state: [UInt8]) -> [[UInt8]] {
    state.split(separator: 0x0A).map(Array.init).filter { $0.first != UInt8(ascii: "#") }
  }

  static let programs = [
    "", "define(`a',`x')define(`b',`<$1$2>')", "pushdef(`a',1)pushdef(`a',2)pushdef(`a',defn(`len'))pushdef(`len',x)",
    "undefine(`index')popdef(`substr')define(`b',`x\ny')", "define(`len')define(`a',defn(`eval'))",
    "changequote([,])changecom(/*,*/)define([a],[b])", "changequote(<<,>>)changecom", "changequote(,)",
    "changecom(`',`')", "changequote()", "divert(1)one\ndivert(3)three\ndivert(2)two\ndivert(-1)",
    "divert(1)one\ndivert(3)\ndivert(2)", "divert(2)one\ndivert(1)undivert(2)", "m4wrap(`define(`a',1)')text\n",
    "traceon(`a')define(`a',1)", "define(`',`empty')define(`\u{E9}',`\u{FF}')", "m4exit(3)", "include(nosuch)",
    "define(`a',`$1\n#'`$@')dnl", "errprint(hi)syscmd(`exit 4')", "`",
  ]

  @Test("states that scripts leave behind", arguments: programs)
  func scripts(_ program: String) throws {
    try expectSame(Latin1.bytes(program), [], program)
  }

  @Test("states after other options", arguments: [["-P"], ["-G"], ["-s"], ["-Da=1", "-Ulen"], ["-dV"], ["-i"]])
  func options(_ arguments: [String]) throws {
    try expectSame(Array("text define(`a',`1')\ndivert(1)\nmore\n".utf8), arguments, "\(arguments)")
  }

  @Test("states of random programs", arguments: UInt64(0)..<8)
  func randomPrograms(_ batch: UInt64) throws {
    for seed in batch * 15..<(batch + 1) * 15 {
      var generator = M4ProgramGenerator(seed: seed &+ 1_000_000)
      try expectSame(generator.program(), [], "seed \(seed)")
    }
  }

  @Test("a state is found below -I, and -D, -U and -t come after it")
  func order() throws {
    let comparison = try M4Comparison()
    let files = ["d/state": Array("V1\nT1,2\nabc\nF3,3\nlenlen\n".utf8)]
    for arguments in [
      ["-I", "d", "-R", "state"], ["-Id", "-dp", "-R", "state"], ["-R", "state"], ["-R", "d/state", "-Da=x", "-tlen"],
      ["-R", "d/state", "-Ua", "-P"], ["-R", "nosuch", "-R", "d/state"], ["-R", "."], ["-R", ""], ["-F", ""],
      ["-F", "."], ["-F", "/nosuch/x"], ["-F", "/dev/full"], ["-R", "d/state", "--warn-macro-sequence=b"],
    ] {
      let results = try Self.both.map {
        try comparison.run($0, arguments, files: files, input: Array("a len(abc)\n".utf8))
      }
      #expect(results[1] == results[0], "\(arguments)")
    }
  }

  static let damaged = [
    "", "V2\n", "V0\n", "V\n", "V1", "V1\n# c", "# c\n\nV1\n", "X\n", "# only", "\n\n", "V1\nV1\n", "T1,1\nab\n",
    "V1\nT1,1\nab", "V1\nT1,1\na", "V1\nT1,1\n", "V1\nT1,1", "V1\nT1,", "V1\nT1", "V1\nT", "V1\nT1,5\nab\n",
    "V1\nT1,1\nabc\n", "V1\nT1 , 1\nab\n", " V1\n", "V 1\n", "V1 \n", "V1\nX1,1\nab\n", "V1\nT-1,1\nab\n",
    "V1\nT99999999999,1\nab\n", "V1\nT1,-1\nab\n", "V1\nF1,3\nafoo\n", "V1\nF1,0\na\n", "V1\nF1,11\naplaceholder\n",
    "V1\nQ1\n", "V1\nC0,0\n\n", "V1\nD0,3\nabc\n", "V1\nD0,3\nabc\nX", "V1\nD-1,3\nabc\n", "V1\nD1,-3\nabc\n",
    "V1\nDx,3\nabc\n", "V1\nT1;1\nab\n", "V1\n T1,1\nab\n", "V1\nT1,1\r\nab\n", "V01\n", "V+1\n", "\0V1\n", "V1\n\0\n",
    "V1\nQ2,2\n[[]]\nT1,3\na[x\n", "V99999999999999\n", "V1\nT2,3\na\0b\0c\n", "V1\nT1,1\nabT1,1\nac\n",
    "V1\nD99999999999,1\nx\n", "V1\nD2147483647,1\nx\n", "V1\nD-2147483648,0\n\n", "V1\nD-2147483649,0\n\n", "V1.5\n",
    "V1\nT,\n\nT,1\nx\n", "V1\nT01,02\nabc\n",
  ]

  @Test("odd and damaged states", arguments: damaged)
  func damage(_ state: String) throws {
    let comparison = try M4Comparison()
    let results = try Self.both.map {
      try comparison.run($0, ["-R", "state"], files: ["state": Array(state.utf8)], input: Array("a b\n".utf8))
    }
    #expect(results[1] == results[0])
  }

  @Test("cut off and with wrong bytes it never hangs or crashes", arguments: UInt64(0)..<4)
  func noise(_ batch: UInt64) throws {
    let comparison = try M4Comparison()
    let text = "define(`a',`b\n$1')pushdef(`a',defn(`len'))changequote([,])divert(2)two\ndivert(1)one\n"
    let whole = try freeze(comparison, Peer.m4.path, Array(text.utf8)).state
    #expect(whole.count > 500)
    var random = SeededGenerator(seed: batch)
    for turn in 0..<60 {
      var state = whole
      if turn % 2 == 0 { state.removeLast(Int.random(in: 1..<whole.count, using: &random)) }
      for _ in 0..<Int.random(in: turn % 2...3, using: &random) where !state.isEmpty {
        state[Int.random(in: 0..<state.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      let results = try Self.both.reversed().map {
        try comparison.run(
          $0, ["-R", "state"], files: ["state": state], input: Array("a(b)undivert\n".utf8),
          seconds: patience($0))
      }
      #expect(results[0].run.status < 128, "\(results[0])")
      if results[1].saysSomething { #expect(results[0] == results[1], "turn \(turn)") }
    }
  }
}
