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
    environment: [String: String] = [:], seconds: Double = 60
  ) throws -> RunResult {
    // What may change how m4 behaves is the same wherever the tests run.
    let settings = ["-u", "M4PATH", "-u", "POSIXLY_CORRECT"] + environment.map { "\($0)=\($1)" }
    return try TestSupport.run(
      "/usr/bin/env",
      ["-C", folder] + settings + ["PATH=\(names.path)/\(side.rawValue):/usr/bin:/bin"] + command,
      input: input, environment: Peer.environment, seconds: seconds)
  }

  /// What is not the same when m4 gets these arguments; nil where nothing is.
  func difference(_ arguments: [String], in folder: String, input: [UInt8] = []) throws -> String? {
    let expected = try run(.gnu, ["m4"] + arguments, in: folder, input: input)
    let found = try run(.ours, ["m4"] + arguments, in: folder, input: input)
    return Self.difference(expected, found)
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
    let lines = [expected, found].map { $0.split(separator: 0x0A, omittingEmptySubsequences: false) }
    let common = zip(lines[0], lines[1]).prefix { $0 == $1 }.count
    let shown = lines.map { side in
      common < side.count ? "`\(String(decoding: side[common].prefix(300), as: UTF8.self))'" : "nothing"
    }
    return "line \(common + 1): \(shown[0]), ours \(shown[1])"
  }
}
