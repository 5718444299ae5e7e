// MemoryFile.swift: bytes where a path is wanted.
//
// A file in memory without a name in any folder: it is gone with the value or the process,
// however that ends. Its path leads through /proc.
//
// Fails: with the system's error, above all EMFILE.

import CShims
import Glibc

package final class MemoryFile: Sendable {
  package let path: String
  private let descriptor: Int32

  package init(_ bytes: [UInt8]) throws(Errno) {
    descriptor = waybill_memory_file()
    path = "/proc/self/fd/\(descriptor)"
    guard descriptor >= 0 else { throw .last }
    try writeAll(descriptor, bytes)
    // As configuration files are: theirs whose it is, and read by all.
    guard fchmod(descriptor, 0o644) == 0 else { throw .last }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
