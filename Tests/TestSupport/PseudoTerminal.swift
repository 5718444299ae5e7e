// PseudoTerminal.swift: a program with a terminal of its own, and us as the person at it.
//
// It leads a session, so that Ctrl-C typed here is SIGINT there, and closing is SIGHUP.
//
// Fails: where what is waited for does not come, with all that came instead.

import Foundation

package final class PseudoTerminal {
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// TIOCSPTLCK and TIOCGPTN of Linux.
  private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

  private let child: pid_t
  private var person: Int32
  /// All that the program has shown.
  package private(set) var shown = ""
  /// How much of it was waited for already.
  private var seen = 0

  package init(_ program: String, _ arguments: [String], in folder: String) throws {
    // posix_openpt(3) and its kin, which glibc shows to other sources only.
    person = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var (number, lock): (Int32, Int32) = (0, 0)
    guard person >= 0, ioctl(person, Self.setLock, &lock) == 0, ioctl(person, Self.getNumber, &number) == 0 else {
      throw Failure(description: "no pseudo-terminal: \(errno)")
    }
    let name = "/dev/pts/\(number)"
    // POSIX_SPAWN_SETSID of glibc, which its headers show to GNU sources only.
    var attributes = SpawnAttributes(0x80)
    defer { attributes.destroy() }
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    // The first terminal that the leader of a session opens is its own.
    for descriptor in Int32(0)...2 { posix_spawn_file_actions_addopen(&files, descriptor, name, O_RDWR, 0) }
    var words = (["/usr/bin/env", "-C", folder, "NO_COLOR=1", program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    let result = posix_spawn(&process, "/usr/bin/env", &files, &attributes.raw, &words, environ)
    guard result == 0 else { throw Failure(description: "cannot start \(program): \(result)") }
    child = process
  }

  deinit {
    close()
    if !hasEnded {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
  }

  private var hasEnded = false

  /// Waits until the program has shown a text since the last wait.
  package func expect(_ text: String, seconds: Double = 20) throws {
    let end = Date().addingTimeInterval(seconds)
    while true {
      let news = Array(shown.utf8)[seen...]
      if let range = news.firstRange(of: Array(text.utf8)) {
        seen = range.upperBound
        return
      }
      guard Date() < end, read() else { throw Failure(description: "no \"\(text)\" in:\n\(shown)") }
    }
  }

  /// Takes what there is; false at the end.
  private func read() -> Bool {
    var watched = pollfd(fd: person, events: Int16(POLLIN), revents: 0)
    guard poll(&watched, 1, 200) > 0 else { return person >= 0 }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Foundation.read(person, &buffer, buffer.count)
    guard count > 0 else { return false }
    // A terminal ends lines with CR LF.
    shown += String(decoding: buffer[..<count].filter { $0 != 0x0D }, as: UTF8.self)
    return true
  }

  package func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(person, bytes, bytes.count)
  }

  /// Waits for a question and answers it.
  package func answer(_ question: String, _ line: String) throws {
    try expect(question)
    try expect("] ")
    type(line + "\n")
  }

  package func resize(rows: UInt16, columns: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(person, UInt(TIOCSWINSZ), &size)
  }

  /// Hangs up.
  package func close() {
    if person >= 0 { Foundation.close(person) }
    person = -1
  }

  /// Reads to the end.
  ///
  /// - Returns: the exit status, or 128 and the signal that ended the program.
  package func wait(seconds: Double = 20) throws -> Int32 {
    let end = Date().addingTimeInterval(seconds)
    while person >= 0, read() {
      guard Date() < end else { throw Failure(description: "no end after:\n\(shown)") }
    }
    var status: Int32 = 0
    while waitpid(child, &status, WNOHANG) == 0 {
      guard Date() < end else { throw Failure(description: "no end after:\n\(shown)") }
      usleep(5000)
    }
    hasEnded = true
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }
}
