// UnfinishedFiles.swift: no half-written file is left when a signal ends the program.
//
// Ctrl-C, a closed terminal or a reader that went away end a program without
// unwinding it, so a handler removes what is being written aside and lets the signal
// do its work. A handler may call little (signal-safety(7)): it only reads a table of
// C strings, which lies still once it was made, and calls unlink and raise.
//
// Fails: never. With more files than the table holds the last ones are not
// remembered.

import Glibc

enum UnfinishedFiles {
  /// Remembers a file from before it is made.
  static func add(_ path: String) {
    lock.withLock {
      _ = installed
      if let free = (0..<capacity).first(where: { paths[$0] == nil }) { paths[free] = strdup(path) }
    }
  }

  /// Forgets a file that is complete or gone.
  static func remove(_ path: String) {
    lock.withLock {
      for index in 0..<capacity {
        guard let known = paths[index], strcmp(known, path) == 0 else { continue }
        paths[index] = nil
        free(known)
        return
      }
    }
  }

  /// The signals whose default is to end a program at somebody's wish.
  private static let signals = [SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGXCPU, SIGXFSZ]

  /// Made once. A signal that is ignored or handled already stays so.
  private static let installed: Void = {
    for signal in signals {
      var old = sigaction()
      guard sigaction(signal, nil, &old) == 0, old.__sigaction_handler.sa_handler == nil else { continue }
      var new = sigaction()
      new.__sigaction_handler.sa_handler = removeAndEnd
      new.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_NODEFER
      sigaction(signal, &new, nil)
    }
  }()
}

private let capacity = 256
private let lock = Lock()

/// The only thing that the handler reads.
nonisolated(unsafe) private let paths: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = {
  let table = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: capacity)
  table.initialize(repeating: nil, count: capacity)
  return table
}()

private let removeAndEnd: @convention(c) (Int32) -> Void = { signal in
  for index in 0..<capacity {
    if let path = paths[index] { unlink(path) }
  }
  raise(signal)
}

/// A mutex of the C library.
private final class Lock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() { pthread_mutex_init(mutex, nil) }

  func withLock(_ body: () -> Void) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    body()
  }
}
