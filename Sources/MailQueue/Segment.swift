// Segment.swift: one file of the log.
//
// It is allocated whole, filled from its start, sealed, and freed when it is the oldest
// one and nothing in it is needed. While it is made it has a name that does not count.

import Glibc
import Posix

final class Segment: @unchecked Sendable {
  let head: SegmentHead
  let path: String
  /// Of the file.
  let size: Int
  let descriptor: Int32
  private let disk: Disk

  /// Where the next record goes; known to be on the disk. The thread that leads has both.
  var end: Int
  var durableEnd: Int
  /// A write or a sync failed: nothing is ever written into it again.
  var hasFailed = false
  /// Bytes of records that are needed. Under the queue's lock.
  var live = 0

  init(
    head: SegmentHead, path: String, size: Int, descriptor: Int32, _ disk: Disk, end: Int = SegmentHead.recordsStart
  ) {
    self.head = head
    self.path = path
    self.size = size
    self.descriptor = descriptor
    self.disk = disk
    self.end = end
    durableEnd = end
  }

  deinit { close(descriptor) }

  var number: UInt64 { head.number }

  /// Far beyond any that we make; what is above it is a name that somebody else gave.
  static let largestNumber: UInt64 = 1 << 48

  static func name(_ number: UInt64) -> String { numbered("segment-", number) }
  static func spareName(_ number: UInt64) -> String { numbered("spare-", number) }

  private static func numbered(_ prefix: String, _ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return prefix + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The number in the name of a segment.
  static func number(inName name: String) -> UInt64? {
    guard name.hasPrefix("segment-"), name.utf8.count == 24 else { return nil }
    return UInt64(name.dropFirst(8), radix: 16)
  }

  /// Makes a segment, durable with its name before anything is written into it.
  ///
  /// - Parameter spare: the file of an older one, which becomes this one.
  static func create(
    in folder: String, _ head: SegmentHead, size: Int, spare: String?, _ disk: Disk
  ) throws(QueueError) -> Segment {
    let path = folder + "/" + name(head.number)
    let unfinished = spare ?? path + ".new"
    let descriptor = open(unfinished, O_RDWR | O_CLOEXEC | (spare == nil ? O_CREAT | O_TRUNC : 0), 0o600)
    guard descriptor >= 0 else { throw .failed("open", unfinished, .last) }
    do throws(Errno) {
      if spare == nil { try disk.allocate(descriptor, size) }
      let bytes = head.encode() + head.encode()
      try bytes.withUnsafeBytesThrowing { bytes throws(Errno) in try disk.write(descriptor, [bytes], 0) }
      try disk.sync(descriptor)
      guard rename(unfinished, path) == 0 else { throw .last }
      try disk.syncFolder(path)
    } catch {
      close(descriptor)
      unlink(unfinished)
      throw .failed("make", path, error)
    }
    return Segment(head: head, path: path, size: size, descriptor: descriptor, disk)
  }

  /// So many bytes from an offset on; fewer where the file ends.
  func read(at offset: Int, count: Int) throws(Errno) -> [UInt8] {
    try readBytes(descriptor, at: offset, count: count, disk)
  }

  /// The same with zeros in place of what the disk does not give back, and where that is.
  func readAsFarAsPossible(at offset: Int, count: Int) throws(Errno) -> (bytes: [UInt8], unreadable: [Range<Int>]) {
    var unreadable: [Range<Int>] = []
    let bytes = try readBytes(descriptor, at: offset, count: count, disk, unreadable: &unreadable)
    return (bytes, unreadable)
  }
}

/// So many bytes of a file from an offset on; fewer where it ends.
func readBytes(
  _ descriptor: Int32, at offset: Int, count: Int, _ disk: Disk = .system
) throws(Errno) -> [UInt8] {
  var unreadable: [Range<Int>] = []
  let bytes = try readBytes(descriptor, at: offset, count: count, disk, unreadable: &unreadable)
  if !unreadable.isEmpty { throw Errno(EIO) }
  return bytes
}

/// What the system reads, and fails to read, at once.
private let blockSize = 4096

/// - Parameter unreadable: gets the parts for which zeros stand.
func readBytes(
  _ descriptor: Int32, at offset: Int, count: Int, _ disk: Disk, unreadable: inout [Range<Int>]
) throws(Errno) -> [UInt8] {
  var failure: Errno?
  var gaps: [Range<Int>] = []
  let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, have in
    while have < count {
      let place = offset + have
      do throws(Errno) {
        let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[have...])
        let got = try disk.read(descriptor, rest, place)
        if got == 0 { return }
        have += got
      } catch {
        guard error.code == EIO else {
          failure = error
          return
        }
        let gap = place..<min((place / blockSize + 1) * blockSize, offset + count)
        UnsafeMutableBufferPointer(rebasing: buffer[have..<have + gap.count]).initialize(repeating: 0)
        have += gap.count
        gaps.append(gap)
      }
    }
  }
  if let failure { throw failure }
  unreadable += gaps
  return bytes
}

extension Array where Element == UInt8 {
  /// `withUnsafeBytes` does not pass on which error is thrown.
  func withUnsafeBytesThrowing<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outcome = withUnsafeBytes { bytes -> Swift.Result<Result, Failure> in
      do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    return try outcome.get()
  }
}
