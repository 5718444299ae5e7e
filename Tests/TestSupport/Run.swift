// Run.swift: a program run to its end, with its output, its messages and its status.
//
//     memory ─► 0 ┌─────────┐ 1 ─► pipe ─┐
//                 │ program │            ├─ emptied every few milliseconds
//                 └─────────┘ 2 ─► pipe ─┘
//
// By posix_spawn, since Foundation's Process crashes when many tests run programs at once.
// Nobody waits at the pipes: sendmail writes each token of its test mode by itself, which
// costs a fifth as much where it wakes no reader and goes into no file.

import CShims
import Foundation
import Posix

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
///   - name: what it is told to be called, where that is not its path.
///   - environment: added to this process's own; a nil value removes a name. What the
///     make that runs the tests tells its children is no business of a make in a test.
///   - host: the name of the host that it is to see, which takes root.
///   - seconds: after so long it is killed, with what it started, and the
///     status says so (137). So it is where its output has no end.
package func run(
  _ program: String, _ arguments: [String] = [], as name: String? = nil, input: [UInt8] = [],
  in folder: String? = nil, environment: [String: String?] = [:], onHost host: String? = nil,
  seconds: Double = 180
) throws -> RunResult {
  let variables = ownEnvironment.merging(environment.compactMapValues { $0 }) { $1 }
    .filter { key, _ in environment[key] != .some(nil) }
  let source = waybill_memory_file()
  guard source >= 0 else { throw systemError() }
  defer { close(source) }
  var output = try OutputPipe()
  var messages = try OutputPipe()
  defer { for descriptor in [output.reading, messages.reading] { close(descriptor) } }
  let child: pid_t
  do {
    defer { for descriptor in [output.writing, messages.writing] { close(descriptor) } }
    try writeAll(source, input)
    lseek(source, 0, SEEK_SET)
    let descriptors = [source, output.writing, messages.writing]
    child = try onHost(host) {
      try start(
        program, [name ?? program] + arguments, variables.map { "\($0)=\($1)" }, in: folder, descriptors: descriptors)
    }
  }
  let status = wait(for: child, seconds: seconds) {
    output.drain()
    messages.drain()
    return output.bytes.count + messages.bytes.count
  }
  return RunResult(output: output.bytes, messages: messages.bytes, status: status)
}

private let ownEnvironment = ProcessInfo.processInfo.environment
  .filter { name, _ in !["MAKEFLAGS", "MFLAGS", "MAKELEVEL"].contains(name) }
  .merging(["LC_ALL": "C"]) { $1 }

/// A stream of a program and what has come of it.
private struct OutputPipe {
  private(set) var reading: Int32 = -1
  private(set) var writing: Int32 = -1
  private(set) var bytes: [UInt8] = []
  /// F_SETPIPE_SZ, which Swift does not see.
  private static let setSize: Int32 = 1031

  init() throws {
    guard waybill_pipe(&reading, &writing) == 0 else { throw systemError() }
    _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    // Where it is refused, the program waits more often.
    _ = fcntl(reading, Self.setSize, 1 << 18)
  }

  /// Takes what is there.
  mutating func drain() {
    while true {
      let count = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 16) { piece in
        let count = read(reading, piece.baseAddress, piece.count)
        if count > 0 { bytes += piece.prefix(count) }
        return count
      }
      if count <= 0 { return }
    }
  }
}

private func systemError() -> POSIXError { POSIXError(.init(rawValue: errno) ?? .EIO) }

private typealias FolderAction =
  @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32
/// Swift does not see it among the functions of glibc.
private let addFolder = dlsym(nil, "posix_spawn_file_actions_addchdir_np").map {
  unsafeBitCast($0, to: FolderAction.self)
}

/// Starts it in a process group of its own, with the descriptors as its first ones.
private func start(
  _ program: String, _ words: [String], _ environment: [String], in folder: String?, descriptors: [Int32]
) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for (number, descriptor) in descriptors.enumerated() {
    posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
  }
  if let folder {
    guard let addFolder, addFolder(&actions, folder) == 0 else { throw POSIXError(.ENOSYS) }
  }
  // A test's threads block some signals.
  var attributes = SpawnAttributes(POSIX_SPAWN_SETPGROUP)
  defer { attributes.destroy() }

  var wordList = words.map { strdup($0) } + [nil]
  var environmentList = environment.map { strdup($0) } + [nil]
  defer { for string in wordList + environmentList { free(string) } }
  var child: pid_t = 0
  let error = posix_spawn(&child, program, &actions, &attributes.raw, &wordList, &environmentList)
  guard error == 0 else { throw POSIXError(.init(rawValue: error) ?? .EIO) }
  return child
}

/// Waits for its end, and takes what it writes meanwhile.
///
/// - Parameter drain: says how much there is by now.
private func wait(for child: pid_t, seconds: Double, drain: () -> Int) -> Int32 {
  let mostBytes = 1 << 29
  let process = waybill_process_descriptor(child)
  defer { close(process) }
  let end = Date().addingTimeInterval(seconds)
  var status: Int32 = 0
  var ended: [pollfd] = [pollfd(fd: process, events: Int16(POLLIN), revents: 0)]
  // A system without such descriptors waits as long and asks again.
  while true {
    poll(&ended, 1, 5)
    guard waitpid(child, &status, WNOHANG) == 0 else { break }
    if drain() > mostBytes || Date() > end {
      kill(-child, SIGKILL)
      waitpid(child, &status, 0)
      break
    }
  }
  _ = drain()
  let signal = status & 0x7F
  return signal == 0 ? status >> 8 & 0xFF : 128 + signal
}
