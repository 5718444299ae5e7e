// MailboxLock.swift: a mailbox held against all others who honour a lock.
//
//     user.lock   made by link(2) from a file of our own beside it; holds our process id
//     fcntl       of the open file itself, not of this process: two of our threads exclude
//                 each other, and other programs' fcntl locks exclude both
//     flock       where the configuration says so
//
// A lock file whose process is gone, or that names none and is older than five minutes, is
// left over: it is taken away as lockfile(1) does. So is one that names this process and
// that none of its threads holds: in a container each life has the number of the one before.
//
// Fails: 4.2.0 when the wait is over; where the folder lets us make no lock file, as the
// policy says.

import Glibc
import MailAddress
import Posix

/// How a mailbox is locked, and how long is waited for it.
package struct LockPolicy: Sendable, Equatable {
  package enum DotLock: Sendable, Equatable {
    case none
    /// Left out where the folder does not let us make it.
    case ifPossible
    case required
  }

  package var dotLock = DotLock.required
  package var usesFcntl = true
  package var usesFlock = false
  package var waitSeconds = 20.0
  /// The age of a lock file that names no process.
  package var staleSeconds = 300

  package init() {}
}

/// The moment after which nobody waits any more, and the pauses until then.
struct Patience {
  private let end: Double
  private var pause: UInt32 = 10_000

  init(seconds: Double) { end = monotonicSeconds() + seconds }

  /// Sleeps a while; false when the time is over.
  mutating func wait() -> Bool {
    guard monotonicSeconds() < end else { return false }
    usleep(pause)
    pause = min(pause * 2, 500_000)
    return true
  }
}

/// A lock file that is ours until `release`.
struct DotLock {
  private let path: String
  private let file: FileIdentity

  /// Those of this process.
  private static let held = HeldLocks()

  /// - Returns: nil where the policy does without.
  static func take(
    for mailbox: String, _ policy: LockPolicy, _ patience: inout Patience
  ) throws(DeliveryFailure) -> DotLock? {
    guard policy.dotLock != .none else { return nil }
    let lock = mailbox + ".lock"
    while true {
      do throws(Errno) {
        if let file = try attempt(lock, policy.staleSeconds) { return DotLock(path: lock, file: file) }
      } catch {
        if policy.dotLock == .ifPossible { return nil }
        throw .file(lock, error, "cannot make the lock file")
      }
      guard patience.wait() else {
        throw DeliveryFailure("4.2.0", "mailbox is locked: \(lock) is there")
      }
    }
  }

  func release() {
    unlink(path)
    Self.held.remove(file)
  }

  /// The file when it is ours, nil when it is somebody's.
  private static func attempt(_ lock: String, _ staleSeconds: Int) throws(Errno) -> FileIdentity? {
    let own = "\(lock).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
    let descriptor = open(own, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw .last }
    defer {
      close(descriptor)
      unlink(own)
    }
    try writeAll(descriptor, Array("\(getpid())\n".utf8))
    // Times are compared on the clock of the file system, which may be another machine's.
    var now = stat()
    fstat(descriptor, &now)
    let file = FileIdentity(now)
    held.insert(file)
    if link(own, lock) == 0 { return file }
    var reason = Errno.last
    // What was left over costs no patience, however slow the machine is.
    if reason.code == EEXIST, removeStale(lock, own + ".stale", now.st_mtim.tv_sec - staleSeconds) {
      if link(own, lock) == 0 { return file }
      reason = .last
    }
    held.remove(file)
    guard reason.code == EEXIST else { throw reason }
    return nil
  }

  /// - Returns: whether the name is free now.
  private static func removeStale(_ lock: String, _ aside: String, _ oldest: Int) -> Bool {
    var status = stat()
    guard lstat(lock, &status) == 0, isStale(lock, status, oldest), rename(lock, aside) == 0 else { return false }
    var moved = stat()
    lstat(aside, &moved)
    // Somebody else was faster, and this is the new lock: give it back.
    let isOurs = moved.st_ino == status.st_ino
    if !isOurs { link(aside, lock) }
    unlink(aside)
    return isOurs
  }

  private static func isStale(_ lock: String, _ status: stat, _ oldest: Int) -> Bool {
    guard status.st_mode & S_IFMT == S_IFREG else { return false }
    if let process = holder(of: lock) {
      return process == getpid() ? !held.contains(FileIdentity(status)) : kill(process, 0) < 0 && errno == ESRCH
    }
    return status.st_mtim.tv_sec < oldest
  }

  private static func holder(of lock: String) -> pid_t? {
    let descriptor = open(lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard let text = try? readPiece(descriptor), let number = text.trimmed.decimalValue, number > 0
    else { return nil }
    return pid_t(exactly: number)
  }
}

/// Which file it is, whatever its name.
private struct FileIdentity: Hashable, Sendable {
  let device: dev_t
  let number: ino_t

  init(_ status: stat) { (device, number) = (status.st_dev, status.st_ino) }
}

/// The lock files that threads of this process hold.
private final class HeldLocks: @unchecked Sendable {
  private let monitor = Monitor()
  private var files: Set<FileIdentity> = []

  func insert(_ file: FileIdentity) { monitor.withLock { _ = files.insert(file) } }
  func remove(_ file: FileIdentity) { monitor.withLock { _ = files.remove(file) } }
  func contains(_ file: FileIdentity) -> Bool { monitor.withLock { files.contains(file) } }
}

/// Locks an open file, by all the means of the policy. Closing it lets go.
func lockFile(
  _ descriptor: Int32, _ path: String, _ policy: LockPolicy, _ patience: inout Patience
) throws(DeliveryFailure) {
  while true {
    if (!policy.usesFcntl || takeFcntlLock(descriptor))
      && (!policy.usesFlock || flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    {
      return
    }
    guard errno == EAGAIN || errno == EACCES || errno == EINTR else {
      throw .file(path, .last, "cannot lock")
    }
    guard patience.wait() else { throw DeliveryFailure("4.2.0", "mailbox is locked: \(path)") }
  }
}

/// F_OFD_SETLK of <fcntl.h>, which the Glibc module leaves out.
private let setLockOfOpenFile: Int32 = 37

private func takeFcntlLock(_ descriptor: Int32) -> Bool {
  var whole = flock()
  whole.l_type = Int16(F_WRLCK)
  whole.l_whence = Int16(SEEK_SET)
  return fcntl(descriptor, setLockOfOpenFile, &whole) == 0
}
