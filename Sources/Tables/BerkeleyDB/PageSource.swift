// PageSource.swift: the pages of a Berkeley DB file, by number.
//
// A mapped file that somebody truncates kills the reader with SIGBUS, so pages
// are read and not mapped: the whole file at once where it is of ordinary size,
// which makes a look-up free of system calls and its answers those of one
// moment, else page by page from a descriptor that stays open. Either way a
// file replaced by rename leaves us with the old one, whole.
//
// Fails: a page that is not there or bears another number is `damaged`.

import Glibc
import Posix

final class PageSource: Sendable {
  typealias Reason = TableError.Reason

  private enum Storage {
    case memory([UInt8])
    case descriptor(Int32)
  }

  /// Larger files are not taken into memory.
  static let memoryLimit = 256 << 20

  let pageSize: Int
  let isSwapped: Bool
  /// How many whole pages the file has.
  let pageCount: UInt32
  private let storage: Storage

  /// - Parameter layout: finds page size and byte order in the first bytes.
  init(
    path: String, memoryLimit: Int = PageSource.memoryLimit,
    layout: ([UInt8]) throws(Reason) -> (pageSize: Int, isSwapped: Bool)
  ) throws(Reason) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(.last) }
    do throws(Reason) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw .system(.last) }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw .wrongFormat("not a regular file, so no Berkeley DB file")
      }
      let start = try PageSource.read(descriptor, at: 0, count: 512)
      (pageSize, isSwapped) = try layout(start)
      let size = Int(status.st_size)
      pageCount = UInt32(clamping: size / pageSize)
      if size <= memoryLimit {
        storage = .memory(try PageSource.read(descriptor, at: 0, count: size))
        close(descriptor)
      } else {
        storage = .descriptor(descriptor)
      }
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit {
    if case .descriptor(let descriptor) = storage { close(descriptor) }
  }

  /// A page as it is in the file, whatever number it bears.
  func rawPage(_ number: UInt32) throws(Reason) -> DatabasePage {
    let offset = Int(number) * pageSize
    let bytes: ArraySlice<UInt8>
    switch storage {
    case .memory(let all):
      guard offset + pageSize <= all.count else { throw missing(number) }
      bytes = all[offset..<offset + pageSize]
    case .descriptor(let descriptor):
      bytes = try PageSource.read(descriptor, at: offset, count: pageSize)[...]
      guard bytes.count == pageSize else { throw missing(number) }
    }
    return DatabasePage(number: number, bytes: bytes, isSwapped: isSwapped)
  }

  /// A page that something in the file refers to.
  func page(_ number: UInt32) throws(Reason) -> DatabasePage {
    let page = try rawPage(number)
    guard page.storedNumber == number else {
      throw page.damaged("it says it is page \(page.storedNumber)", at: 8)
    }
    return page
  }

  private func missing(_ number: UInt32) -> Reason {
    .damaged("the file ends before it", page: number, offset: Int(number) * pageSize)
  }

  /// What the file has there, which may be less than asked for.
  private static func read(
    _ descriptor: Int32, at offset: Int, count: Int
  ) throws(Reason) -> [UInt8] {
    var failure: Errno?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(
          descriptor, buffer.baseAddress.map { $0 + filled }, count - filled,
          off_t(offset + filled))
        if got > 0 {
          filled += got
        } else if got == 0 {
          return
        } else if errno != EINTR {
          failure = .last
          return
        }
      }
    }
    if let failure { throw .system(failure) }
    return bytes
  }
}
