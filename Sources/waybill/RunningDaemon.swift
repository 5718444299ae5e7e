// RunningDaemon.swift: the sendmail that runs under a configuration, told to read it anew.
//
// It is found by its pid file and told by SIGHUP, as Debian's start script does; the queue
// runner has a file of its own beside it. A number that now belongs to another program is
// left alone.
//
// Fails: where the kernel does not let us.

import ArgumentParser
import Diagnostics
import Glibc
import Posix

/// Processes of sendmail.
struct RunningDaemon {
  private let processes: [Int32]
  private let place: SetupPlace

  /// - Returns: nil where none runs.
  init?(_ pidFile: String, _ place: SetupPlace) {
    self.place = place
    let files = [pidFile, folderOf(pidFile) + "/queue.pid"]
    processes = files.compactMap { file in
      guard let text = try? readFile(place.root + file), let number = Int32(show(Array(text.prefix { $0 > 0x20 }))),
        number > 1, let name = try? readFile("/proc/\(number)/comm"), name.starts(with: Array("sendmail".utf8))
      else { return nil }
      return number
    }
    if processes.isEmpty { return nil }
  }

  private var numbers: String { processes.map(String.init).joined(separator: " ") }

  /// - Parameter terminal: whom to ask; without one it is only said how it is done.
  func reload(asking terminal: Terminal?, tell: (String) throws -> Void) throws {
    guard let terminal else {
      return try tell("The running sendmail has read the old files; kill -HUP \(numbers) makes it read these.\n")
    }
    let help = "It finishes what it does and reads the new files; no mail is lost."
    // What is written is taken back by --rollback, not here.
    guard try terminal.yesNo("Reload the running sendmail now with the new configuration?", help: help) == .yes else {
      return
    }
    for process in processes where kill(process, SIGHUP) != 0 {
      let reason = Errno.last
      throw place.failure(
        .noPermission, .init(.cannotReload, "cannot reload sendmail, process \(process): \(reason)"), at: "")
    }
    try tell("Reloaded.\n")
  }
}
