// FileWriting.swift: bytes out, whole or not at all.
//
// A file that others read is written beside its name, synced, renamed into
// place, and the folder synced: at every instant the name leads to the old file
// or the new one. After a failure the old file stands as it was.

import Glibc

/// Writes all of the bytes, however many calls that takes.
package func writeAll(
  _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer
) throws(Errno) {
  var done = 0
  while done < bytes.count {
    let count = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
    if count >= 0 {
      done += count
    } else if errno != EINTR {
      throw .last
    }
  }
}

package func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) {
  let result = bytes.withUnsafeBytes { buffer -> Result<Void, Errno> in
    do throws(Errno) { return .success(try writeAll(descriptor, buffer)) } catch {
      return .failure(error)
    }
  }
  try result.get()
}

/// Replaces the file at the path by these bytes, atomically and durably. A device or a pipe
/// is written into.
///
/// - Parameter mode: the permissions of a new file, before the umask; an
///   existing file keeps its own, and its owner.
package func replaceFile(
  _ path: String, with bytes: [UInt8], mode: mode_t = 0o644
) throws(Errno) {
  if isDeviceOrPipe(path) { return try writeInto(path, bytes) }
  var file = try ReplacementFile(for: path, mode: mode)
  do throws(Errno) {
    try writeAll(file.descriptor, bytes)
    try file.commit()
  } catch {
    file.abandon()
    throw error
  }
}

private func isDeviceOrPipe(_ path: String) -> Bool {
  var status = stat()
  guard stat(path, &status) == 0 else { return false }
  return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
}

private func writeInto(_ path: String, _ bytes: [UInt8]) throws(Errno) {
  let descriptor = open(path, O_WRONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .last }
  defer { close(descriptor) }
  try writeAll(descriptor, bytes)
}

/// A file that is being written aside and takes its place when it is complete.
package struct ReplacementFile {
  package let path: String
  package let temporaryPath: String
  package private(set) var descriptor: Int32

  package init(for path: String, mode: mode_t = 0o644) throws(Errno) {
    // Nothing can be renamed onto a folder: say so before the work is done.
    if isFolder(path) { throw Errno(EISDIR) }
    self.path = path
    temporaryPath = "\(path).new.\(getpid())"
    UnfinishedFiles.add(temporaryPath)
    descriptor = open(temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    if descriptor < 0, errno == EEXIST {
      // Left by a process with our number that was killed.
      unlink(temporaryPath)
      descriptor = open(temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    }
    guard descriptor >= 0 else {
      let failure = Errno.last
      UnfinishedFiles.remove(temporaryPath)
      throw failure
    }
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    // Who may not give files away keeps them. The owner first: a change of it takes rights away.
    _ = fchown(descriptor, status.st_uid, status.st_gid)
    fchmod(descriptor, status.st_mode & 0o777)
  }

  /// Syncs and closes; a second call does nothing.
  package mutating func sync() throws(Errno) {
    guard descriptor >= 0 else { return }
    guard fsync(descriptor) == 0 else { throw .last }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0 else { throw .last }
  }

  /// Syncs, renames into place and syncs the folder.
  package mutating func commit() throws(Errno) {
    try putIntoPlace()
    try syncFolder(of: path)
  }

  /// Syncs and renames into place. The new name is durable once its folder is synced.
  package mutating func putIntoPlace() throws(Errno) {
    try sync()
    guard rename(temporaryPath, path) == 0 else { throw .last }
    UnfinishedFiles.remove(temporaryPath)
  }

  /// Removes what was written aside; the old file stays.
  package mutating func abandon() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    unlink(temporaryPath)
    UnfinishedFiles.remove(temporaryPath)
  }
}

/// Makes a rename or a new name in a file's folder durable.
package func syncFolder(of path: String) throws(Errno) {
  let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .last }
  defer { close(descriptor) }
  // Some file systems have no such operation; the rename itself was done.
  guard fsync(descriptor) == 0 || errno == EINVAL else { throw .last }
}

/// Runs the body; a write beyond the size that a process may give to files fails with EFBIG
/// in it, and does not end the process.
package func withoutFileSizeSignal<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
  var signal = sigset_t()
  sigemptyset(&signal)
  sigaddset(&signal, SIGXFSZ)
  var before = sigset_t()
  pthread_sigmask(SIG_BLOCK, &signal, &before)
  defer {
    // One that waits would be delivered as soon as it is let in.
    var now = timespec()
    if sigismember(&before, SIGXFSZ) == 0 { sigtimedwait(&signal, nil, &now) }
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }
  try body()
}
