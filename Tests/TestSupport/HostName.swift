// HostName.swift: programs started under another host name.
//
// The kernel keeps the name for each thread, and what a thread starts inherits it: it is
// changed in a namespace of a thread that ends when the program is there. unshare(1), a shell
// and hostname(1) before each program take longer than many a program itself.
//
// Fails: with EPERM where we are not root.

import Foundation

/// - Parameter name: nil for the name that is.
func onHost(_ name: String?, _ start: () throws -> pid_t) throws -> pid_t {
  guard let name else { return try start() }
  return try withoutActuallyEscaping(start) { start in
    let job = StartOnHost(name: name, start: start)
    var thread = pthread_t()
    let error = pthread_create(&thread, nil, runJob, Unmanaged.passUnretained(job).toOpaque())
    guard error == 0 else { throw POSIXError(.init(rawValue: error) ?? .EAGAIN) }
    pthread_join(thread, nil)
    return try job.outcome.get()
  }
}

private final class StartOnHost {
  private let name: String
  private let start: () throws -> pid_t
  private(set) var outcome: Result<pid_t, any Error> = .failure(POSIXError(.EPERM))

  init(name: String, start: @escaping () throws -> pid_t) {
    self.name = name
    self.start = start
  }

  func run() {
    outcome = Result {
      guard let unshare, unshare(newHostName) == 0, sethostname(name, name.utf8.count) == 0 else {
        throw POSIXError(.init(rawValue: errno) ?? .EPERM)
      }
      return try start()
    }
  }
}

private func runJob(_ job: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let job { Unmanaged<StartOnHost>.fromOpaque(job).takeUnretainedValue().run() }
  return nil
}

/// unshare(2) and its CLONE_NEWUTS, which Swift does not see.
private let unshare = dlsym(nil, "unshare").map {
  unsafeBitCast($0, to: (@convention(c) (Int32) -> Int32).self)
}
private let newHostName: Int32 = 0x0400_0000
