// Disk.swift: the few calls on which durability rests, so that tests can make them fail.

import Glibc
import Posix

package struct Disk: Sendable {
  /// Writes all the pieces, one behind the other, from an offset on.
  package var write: @Sendable (Int32, [UnsafeRawBufferPointer], Int) throws(Errno) -> Void
  /// The contents are on the disk when it returns.
  package var sync: @Sendable (Int32) throws(Errno) -> Void
  /// New and removed names beside a file are on the disk when it returns.
  package var syncFolder: @Sendable (String) throws(Errno) -> Void
  /// Takes space for a file of so many bytes.
  package var allocate: @Sendable (Int32, Int) throws(Errno) -> Void
  /// Reads from an offset on: some bytes, none at the end of the file.
  package var read: @Sendable (Int32, UnsafeMutableRawBufferPointer, Int) throws(Errno) -> Int
  /// What an ordinary user may still write to the file system of a folder.
  package var freeBytes: @Sendable (String) throws(Errno) -> Int

  package static let system = Disk(
    write: writePieces,
    sync: { descriptor throws(Errno) in
      while fdatasync(descriptor) != 0 { if errno != EINTR { throw .last } }
    },
    syncFolder: { path throws(Errno) in try Posix.syncFolder(of: path) },
    allocate: { descriptor, size throws(Errno) in
      var code = EINTR
      while code == EINTR { code = posix_fallocate(descriptor, 0, off_t(size)) }
      guard code == 0 else { throw Errno(code) }
    },
    read: { descriptor, buffer, offset throws(Errno) in
      while true {
        let got = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
        if got >= 0 { return got }
        if errno != EINTR { throw .last }
      }
    },
    freeBytes: { folder throws(Errno) in
      var status = statvfs()
      guard statvfs(folder, &status) == 0 else { throw .last }
      return Int(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).0)
    })

  /// For tests of what does not depend on durability.
  package static var unsynced: Disk {
    var disk = system
    disk.sync = { _ throws(Errno) in }
    disk.syncFolder = { _ throws(Errno) in }
    return disk
  }
}

/// What Linux takes in one call (IOV_MAX).
private let mostVectors = 1024

private let writePieces: @Sendable (Int32, [UnsafeRawBufferPointer], Int) throws(Errno) -> Void = {
  descriptor, pieces, start throws(Errno) in
  var vectors = pieces.filter { !$0.isEmpty }.map {
    iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
  }[...]
  var offset = start
  while let first = vectors.first {
    let most = vectors.prefix(mostVectors)
    var written = most.withUnsafeBufferPointer { pwritev(descriptor, $0.baseAddress, Int32($0.count), off_t(offset)) }
    if written < 0 {
      if errno != EINTR { throw .last }
      continue
    }
    // A file system that takes nothing and says nothing.
    if written == 0, first.iov_len > 0 { throw Errno(EIO) }
    offset += written
    while written > 0, let next = vectors.first {
      if written >= next.iov_len {
        written -= next.iov_len
        vectors.removeFirst()
      } else {
        let rest = next.iov_base.map { $0 + written }
        vectors[vectors.startIndex] = iovec(iov_base: rest, iov_len: next.iov_len - written)
        written = 0
      }
    }
  }
}
