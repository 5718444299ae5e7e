// Run.swift: a program run to its end, with its output, its messages and its status.

import Foundation

/// What a program left behind.
package struct RunResult: Sendable, Equatable, CustomStringConvertible {
  package var output: [UInt8]
  package var messages: [UInt8]
  /// The exit status, or 128 and the signal that ended it.
  package var status: Int32

  package var text: String { String(decoding: output, as: UTF8.self) }
  package var messageText: String { String(decoding: messages, as: UTF8.self) }
  package var description: String {
    "status \(status)\n--- output\n\(text)\n--- messages\n\(messageText)"
  }
}

/// Runs a program to its end.
///
/// - Parameters:
///   - environment: added to this process's own; a nil value removes a name.
///   - seconds: after so long it is killed and the status says so (137).
package func run(
  _ program: String, _ arguments: [String] = [], input: [UInt8] = [], in folder: String? = nil,
  environment: [String: String?] = [:], seconds: Double = 60
) throws -> RunResult {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
  process.environment = ProcessInfo.processInfo.environment
    .merging(["LC_ALL": "C"]) { $1 }
    .merging(environment.compactMapValues { $0 }) { $1 }
    .filter { name, _ in environment[name] != .some(nil) }

  // Files rather than pipes: no reader threads, and no program blocks on a full one.
  let scratch = try TemporaryFolder()
  let inputPath = try scratch.write("input", input)
  let outputPath = try scratch.write("output", "")
  let messagesPath = try scratch.write("messages", "")
  guard let standardInput = FileHandle(forReadingAtPath: inputPath),
    let standardOutput = FileHandle(forWritingAtPath: outputPath),
    let standardError = FileHandle(forWritingAtPath: messagesPath)
  else { throw POSIXError(.EIO) }
  process.standardInput = standardInput
  process.standardOutput = standardOutput
  process.standardError = standardError
  let ended = DispatchSemaphore(value: 0)
  process.terminationHandler = { _ in ended.signal() }
  try process.run()
  if ended.wait(timeout: .now() + seconds) == .timedOut {
    kill(process.processIdentifier, SIGKILL)
    ended.wait()
  }
  let status = process.terminationStatus
  return RunResult(
    output: [UInt8](try Data(contentsOf: URL(fileURLWithPath: outputPath))),
    messages: [UInt8](try Data(contentsOf: URL(fileURLWithPath: messagesPath))),
    status: process.terminationReason == .uncaughtSignal ? 128 + status : status)
}
