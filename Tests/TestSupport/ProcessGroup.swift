// ProcessGroup.swift: a server with all its children, ended together.
//
// It starts with no signal blocked: a test's threads block some, and a server
// that never hears of its children's ends starts no new ones.

import Foundation

package final class ProcessGroup {
  package let identifier: pid_t
  private var hasEnded = false

  /// Its exit status, once it has ended.
  package private(set) var status: Int32?

  /// Starts a program as the leader of a process group.
  ///
  /// - Parameter descriptor: its input and output; without it there is none.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String?] = [:], descriptor: Int32? = nil
  ) throws {
    var attributes = SpawnAttributes(POSIX_SPAWN_SETPGROUP)
    defer { attributes.destroy() }

    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    for descriptor in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_RDWR, 0)
    }
    if let descriptor {
      for standard in Int32(0)...1 { posix_spawn_file_actions_adddup2(&files, descriptor, standard) }
    }

    var values = ProcessInfo.processInfo.environment
    for (name, value) in environment { values[name] = value }
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    var settings = values.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var child: pid_t = 0
    let result = posix_spawn(&child, program, &files, &attributes.raw, &words, &settings)
    guard result == 0 else { throw POSIXError(.init(rawValue: result) ?? .EIO) }
    identifier = child
  }

  package var isRunning: Bool {
    if hasEnded { return false }
    var status: Int32 = 0
    if waitpid(identifier, &status, WNOHANG) == identifier {
      hasEnded = true
      self.status = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }
    return !hasEnded
  }

  /// Asks the leader to end, waits for the whole group, and kills what is left.
  package func end() {
    if isRunning { kill(identifier, SIGTERM) }
    for round in 0..<150 {
      if !isRunning, kill(-identifier, 0) != 0 { return }
      if round == 50 { kill(-identifier, SIGTERM) }
      if round == 100 { kill(-identifier, SIGKILL) }
      usleep(20_000)
    }
  }
}

/// Of a process that blocks and ignores no signal.
struct SpawnAttributes {
  var raw = posix_spawnattr_t()

  init(_ flags: Int32) {
    posix_spawnattr_init(&raw)
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&raw, &none)
    posix_spawnattr_setsigdefault(&raw, &all)
    posix_spawnattr_setpgroup(&raw, 0)
    posix_spawnattr_setflags(&raw, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | flags))
  }

  mutating func destroy() { posix_spawnattr_destroy(&raw) }
}
