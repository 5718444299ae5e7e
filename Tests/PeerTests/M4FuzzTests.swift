// M4FuzzTests.swift: random programs do the same in GNU m4 and in ours: output, messages,
// status and the debug file. `make fuzz` goes on with other seeds.
//
// A program that GNU m4 does not survive, or that runs on and on, says nothing.

import Foundation
import TestSupport
import Testing

@Suite(
  "Random programs as in GNU m4", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
struct M4FuzzTests {
  /// Programs in a batch; the batches run beside each other.
  static let batchSize: UInt64 = 150

  @Test("seeded programs over all builtins and options", arguments: UInt64(0)..<15)
  func programs(_ batch: UInt64) throws {
    let comparison = try M4Comparison()
    var compared = 0
    for seed in batch * Self.batchSize..<(batch + 1) * Self.batchSize {
      var generator = M4ProgramGenerator(seed: seed)
      let program = generator.program()
      let arguments = generator.commandLine()
      let files = M4ProgramGenerator.files.merging(["p.m4": program]) { $1 }
      let expected = try comparison.run(Peer.m4.path, arguments, files: files, input: program, seconds: 2)
      guard expected.saysSomething else { continue }
      let found = try comparison.run(
        Checkout.command("m4"), arguments, files: files, input: program, seconds: 60)
      compared += 1
      #expect(
        found == expected,
        "seed \(seed): m4 \(arguments) on \(String(reflecting: String(decoding: program, as: UTF8.self)))")
    }
    #expect(compared > Int(Self.batchSize) * 8 / 10)
  }
}

/// Runs either m4 under the same name in a folder of the same name.
final class M4Comparison {
  struct Result: Equatable, CustomStringConvertible {
    var run: RunResult
    /// Files that are new or changed, by name.
    var files: [String: [UInt8]]

    /// Whether the program came to an end of its own.
    var saysSomething: Bool {
      run.status < 128 && !run.messageText.contains("stack overflow")
        && !run.messageText.contains("internal error detected")
    }

    var description: String {
      "\(run)\n"
        + files.sorted { $0.key < $1.key }
        .map { "--- \($0.key)\n" + String(decoding: $0.value, as: UTF8.self) }.joined(separator: "\n")
    }
  }

  private let scratch: TemporaryFolder
  /// What lies in the folder.
  private var present: [String: [UInt8]] = [:]

  init() throws {
    scratch = try TemporaryFolder()
    mkdir(scratch.path + "/work", 0o777)
  }

  /// - Parameter seconds: a program that runs longer is killed (status 137).
  func run(
    _ program: String, _ arguments: [String], files: [String: [UInt8]] = [:], input: [UInt8] = [],
    environment: [String: String?] = [:], seconds: Double = 5
  ) throws -> Result {
    // Both are called m4, and the folder has the same name, because messages show both.
    let folder = scratch.path + "/work"
    try prepare(folder, files)
    let link = scratch.path + "/m4"
    unlink(link)
    symlink(program, link)
    let own: [String: String?] = [
      "M4PATH": nil, "POSIXLY_CORRECT": nil, "PATH": scratch.path + ":/usr/bin:/bin",
    ]
    let result = try TestSupport.run(
      program, arguments, as: "m4", input: input, in: folder,
      environment: Peer.environment.merging(own) { $1 }.merging(environment) { $1 }, seconds: seconds)
    present = try filesBelow(folder)
    return Result(run: result, files: present.filter { files[$0] != $1 })
  }

  /// Leaves the files in the folder, and nothing else.
  private func prepare(_ folder: String, _ files: [String: [UInt8]]) throws {
    guard present != files else { return }
    // As a whole, because the names that programs give files may be no text.
    try FileManager.default.removeItem(atPath: folder)
    mkdir(folder, 0o777)
    for (name, bytes) in files { try scratch.write("work/" + name, bytes) }
  }
}
