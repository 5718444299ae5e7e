// Run.swift: a program run to its end, with its output, its messages and its status.
//
// By posix_spawn, since Foundation's Process crashes when many tests run
// programs at once.

import Foundation

/// What a program left behind.
package struct RunResult: Sendable, Equatable, CustomStringConvertible {
  package var output: [UInt8]
  package var messages: [UInt8]
  /// The exit status, or 128 and the signal that ended it.
  package var status: Int32

  package init(output: [UInt8], messages: [UInt8], status: Int32) {
    self.output = output
    self.messages = messages
    self.status = status
  }

  package var text: String { String(decoding: output, as: UTF8.self) }
  package var messageText: String { String(decoding: messages, as: UTF8.self) }
  package var description: String {
    "status \(status)\n--- output\n\(text)\n--- messages\n\(messageText)"
  }
}

/// Runs a program to its end.
///
/// - Parameters:
///   - environment: added to this process's own; a nil value removes a name. What the
///     make that runs the tests tells its children is no business of a make in a test.
///   - seconds: after so long it is killed, with what it started, and the
///     status says so (137).
package func run(
  _ program: String, _ arguments: [String] = [], input: [UInt8] = [], in folder: String? = nil,
  environment: [String: String?] = [:], seconds: Double = 180
) throws -> RunResult {
  // Files rather than pipes: no reader threads, and no program blocks on a full one.
  let scratch = try TemporaryFolder()
  let inputPath = try scratch.write("input", input)
  let outputPath = try scratch.write("output", "")
  let messagesPath = try scratch.write("messages", "")
  let variables = ProcessInfo.processInfo.environment
    .filter { name, _ in !["MAKEFLAGS", "MFLAGS", "MAKELEVEL"].contains(name) }
    .merging(["LC_ALL": "C"]) { $1 }
    .merging(environment.compactMapValues { $0 }) { $1 }
    .filter { name, _ in environment[name] != .some(nil) }
  // env changes the folder: Swift does not see posix_spawn's own way to do so.
  let command = (folder.map { ["/usr/bin/env", "-C", $0] } ?? []) + [program] + arguments
  let child = try start(
    command, variables.map { "\($0)=\($1)" }, files: [inputPath, outputPath, messagesPath])
  let status = wait(for: child, seconds: seconds)
  return RunResult(
    output: [UInt8](try Data(contentsOf: URL(fileURLWithPath: outputPath))),
    messages: [UInt8](try Data(contentsOf: URL(fileURLWithPath: messagesPath))), status: status)
}

/// Starts it in a process group of its own, with the files as its first descriptors.
private func start(
  _ command: [String], _ environment: [String], files: [String]
) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for (descriptor, file) in files.enumerated() {
    posix_spawn_file_actions_addopen(
      &actions, Int32(descriptor), file, descriptor == 0 ? O_RDONLY : O_WRONLY, 0)
  }
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

  var argumentList = command.map { strdup($0) } + [nil]
  var environmentList = environment.map { strdup($0) } + [nil]
  defer { for string in argumentList + environmentList { free(string) } }
  var child: pid_t = 0
  let error = posix_spawn(
    &child, command[0], &actions, &attributes, &argumentList, &environmentList)
  guard error == 0 else { throw POSIXError(.init(rawValue: error) ?? .EIO) }
  return child
}

private func wait(for child: pid_t, seconds: Double) -> Int32 {
  let end = Date().addingTimeInterval(seconds)
  var status: Int32 = 0
  var pause: UInt32 = 200
  while waitpid(child, &status, WNOHANG) == 0 {
    if Date() > end {
      kill(-child, SIGKILL)
      waitpid(child, &status, 0)
      break
    }
    usleep(pause)
    pause = min(pause * 2, 10_000)
  }
  let signal = status & 0x7F
  return signal == 0 ? status >> 8 & 0xFF : 128 + signal
}
