// BothM4.swift: GNU m4 and ours, called in the same way and by the same name.
//
// Messages begin with the name of the program, and packages such as autoconf start `m4`
// themselves: each of the two stands as `m4` in a folder of its own, the first of PATH.

import Foundation
import TestSupport

struct BothM4 {
  enum Side: String, CaseIterable, Sendable {
    case gnu, ours

    fileprivate var program: String { self == .gnu ? Peer.m4.path : Checkout.command("m4") }
  }

  private let names: TemporaryFolder

  init() throws {
    names = try TemporaryFolder()
    for side in Side.allCases {
      let folder = names.path + "/" + side.rawValue
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/m4", withDestinationPath: side.program)
    }
  }

  /// Runs a command for which `m4` is the one of that side.
  func run(
    _ side: Side, _ command: [String], in folder: String, input: [UInt8] = [],
    environment: [String: String?] = [:], seconds: Double = 60
  ) throws -> RunResult {
    // What may change how m4 behaves is the same wherever the tests run.
    let own: [String: String?] = [
      "M4PATH": nil, "POSIXLY_CORRECT": nil, "PATH": "\(names.path)/\(side.rawValue):/usr/bin:/bin",
    ]
    return try TestSupport.run(
      command[0], Array(command.dropFirst()), input: input, in: folder,
      environment: Peer.environment.merging(own) { $1 }.merging(environment) { $1 }, seconds: seconds)
  }

  /// One of many commands that one shell runs.
  struct Command: Sendable {
    let title: String
    /// For the shell.
    let text: String
    /// Whole lines.
    var input = ""
  }

  /// What is not the same when both run the commands, each in its folder or both in one.
  ///
  /// One shell runs them all, since most of the time of a short command goes by around it.
  func differences(
    _ commands: [Command], in folders: [Side: String], seconds: Double = 120,
    masking mask: ([UInt8]) -> [UInt8] = { $0 }
  ) throws -> [String] {
    func results(_ side: Side) throws -> [RunResult] {
      let script = commands.map(Self.step).joined()
      var result = try run(
        side, ["/bin/sh"], in: folders[side] ?? "/", input: Array(script.utf8), seconds: seconds)
      result.output = mask(result.output)
      result.messages = mask(result.messages)
      return Self.results(of: result, count: commands.count)
    }
    let expected = try results(.gnu)
    let found = try results(.ours)
    let unfinished = [expected, found].filter { $0.count < commands.count }.map { side in
      "the shell ended after \(side.count) of \(commands.count) commands"
    }
    return unfinished
      + zip(commands, zip(expected, found)).compactMap { command, sides in
        Self.difference(sides.0, sides.1).map { "\(command.title): \($0)" }
      }
  }

  /// Begins lines that no m4 writes here.
  private static let mark: UInt8 = 0x1E

  private static func step(_ command: Command) -> String {
    // With one command between the braces, dash takes their redirection for that command's own.
    """
    printf '\\036\\n'; printf '\\036\\n' >&2
    {
    :
    \(command.text)
    } <<'the end of the input'
    \(command.input)the end of the input
    printf '\\036%d' $?

    """
  }

  /// The streams of a script, cut where its steps begin and end.
  private static func results(of result: RunResult, count: Int) -> [RunResult] {
    let output = pieces(of: result.output, between: mark).dropFirst()
    let messages = pieces(of: result.messages, between: mark).dropFirst()
    return (0..<min(count, output.count / 2)).map { number in
      func part(_ parts: ArraySlice<ArraySlice<UInt8>>, _ index: Int) -> ArraySlice<UInt8> {
        index < parts.count ? parts[parts.startIndex + index] : []
      }
      let status = Int32(String(decoding: part(output, 2 * number + 1), as: UTF8.self)) ?? -1
      return RunResult(
        output: Array(part(output, 2 * number).dropFirst()), messages: Array(part(messages, number).dropFirst()),
        status: status)
    }
  }

  /// The first line on either stream that is not the peer's, and the statuses.
  static func difference(_ expected: RunResult, _ found: RunResult) -> String? {
    var parts: [String] = []
    if expected.status != found.status {
      parts.append("status \(expected.status), ours \(found.status)")
    }
    if let line = difference(expected.output, found.output) { parts.append("output, " + line) }
    if let line = difference(expected.messages, found.messages) { parts.append("messages, " + line) }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  static func difference(_ expected: [UInt8], _ found: [UInt8]) -> String? {
    guard expected != found else { return nil }
    let lines = [expected, found].map { TestSupport.lines(of: $0) }
    let common = zip(lines[0], lines[1]).prefix { $0 == $1 }.count
    let shown = lines.map { side in
      common < side.count ? "`\(String(decoding: side[common].prefix(300), as: UTF8.self))'" : "nothing"
    }
    return "line \(common + 1): \(shown[0]), ours \(shown[1])"
  }
}
