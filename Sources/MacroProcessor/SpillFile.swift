// SpillFile.swift: text that has become too much for memory.
//
// A file without a name in TMPDIR (else /tmp), gone with the process. It is only
// appended to, and read once from its start.
//
// Fails: where there can be no file, or no more of it, nothing is taken and the text
// stays where it was.

import Glibc
import Posix

struct SpillFile {
  private let descriptor: Int32
  private(set) var length = 0

  init?() {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    guard let descriptor = openUnnamedFile(in: folder) else { return nil }
    self.descriptor = descriptor
  }

  /// Appends all of the text, or nothing.
  mutating func append(_ text: Bytes) -> Bool {
    do throws(Errno) {
      try withoutFileSizeSignal { () throws(Errno) in
        try writeAll(descriptor, UnsafeRawBufferPointer(text))
      }
      length += text.count
      return true
    } catch {
      ftruncate(descriptor, length)
      lseek(descriptor, length, SEEK_SET)
      return false
    }
  }

  /// Gives the text in pieces.
  func read(_ body: (Bytes) -> Void) throws(Errno) {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .last }
    var rest = length
    while rest > 0 {
      let piece = try readPiece(descriptor)
      guard !piece.isEmpty else { throw Errno(EIO) }
      piece.withUnsafeBufferPointer { body($0) }
      rest -= piece.count
    }
    lseek(descriptor, length, SEEK_SET)
  }

  func close() { _ = Glibc.close(descriptor) }
}
