// FileReading.swift: whole files and descriptors into memory.

import Glibc

/// The bytes of a file.
///
/// - Throws: `Errno`, also EISDIR for a folder.
package func readFile(_ path: String) throws(Errno) -> [UInt8] {
  try readFile(Array(path.utf8))
}

/// The same for a name of any bytes but NUL.
package func readFile(_ path: [UInt8]) throws(Errno) -> [UInt8] {
  let descriptor = openFile(path, O_RDONLY)
  guard descriptor >= 0 else { throw .last }
  defer { close(descriptor) }
  return try readAll(descriptor)
}

/// A descriptor for a file whose name is any bytes but NUL, which programs do not inherit;
/// negative where there is none, with the reason in errno.
package func openFile(_ path: [UInt8], _ flags: Int32, mode: mode_t = 0o666) -> Int32 {
  (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { name in
    name.baseAddress.map { open($0, flags | O_CLOEXEC, mode) } ?? -1
  }
}

/// How long a plain file is; 0 for what is none, or has a NUL byte in its name.
package func fileSize(_ path: [UInt8]) -> Int {
  var status = stat()
  let name = path.map { CChar(bitPattern: $0) } + [0]
  guard !path.contains(0), stat(name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
  return Int(status.st_size)
}

/// All bytes up to the end of what a descriptor gives.
///
/// - Throws: `Errno`, also EFBIG for what would not fit into memory with what is made of
///   it, such as a device that never ends.
package func readAll(_ descriptor: Int32, atMost limit: Int = mostBytes) throws(Errno) -> [UInt8] {
  var status = stat()
  let size = fstat(descriptor, &status) == 0 && status.st_size > 0 ? Int(status.st_size) : 0
  guard size <= limit else { throw Errno(EFBIG) }
  var bytes: [UInt8] = []
  // One byte more than the file holds, so that its end is seen without a second block.
  var block = size > 0 ? size + 1 : 1 << 16
  while true {
    let have = bytes.count
    var failure: Errno?
    let piece = [UInt8](unsafeUninitializedCapacity: block) { buffer, count in
      do throws(Errno) {
        count = try readSome(descriptor, into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
        count = 0
      }
    }
    if let failure { throw failure }
    if piece.isEmpty { return bytes }
    guard have + piece.count <= limit else { throw Errno(EFBIG) }
    if have == 0 { bytes = piece } else { bytes += piece }
    block = bytes.count > size ? 1 << 16 : size + 1 - bytes.count
  }
}

/// The same in memory for `free`.
package func readMemory(
  _ descriptor: Int32, atMost limit: Int = mostBytes
) throws(Errno) -> UnsafeMutableBufferPointer<UInt8> {
  var status = stat()
  let size = fstat(descriptor, &status) == 0 && status.st_size > 0 ? Int(status.st_size) : 0
  guard size <= limit else { throw Errno(EFBIG) }
  // One byte more than the file holds, so that its end is seen without more memory.
  var capacity = size > 0 ? size + 1 : 1 << 16
  var memory: UnsafeMutableRawPointer?
  var count = 0
  do throws(Errno) {
    while true {
      if memory == nil || count == capacity {
        if memory != nil { capacity *= 2 }
        guard let larger = realloc(memory, capacity) else { throw Errno(ENOMEM) }
        memory = larger
      }
      let room = UnsafeMutableRawBufferPointer(start: memory.map { $0 + count }, count: capacity - count)
      let piece = try readSome(descriptor, into: room)
      if piece == 0 { break }
      count += piece
      guard count <= limit else { throw Errno(EFBIG) }
    }
  } catch {
    free(memory)
    throw error
  }
  return UnsafeMutableBufferPointer(start: memory?.assumingMemoryBound(to: UInt8.self), count: count)
}

/// A gigabyte: no text that a person or a table's owner has is larger.
package let mostBytes = 1 << 30

/// What one `read` gives, of 64 kB at most; empty at the end.
package func readPiece(_ descriptor: Int32) throws(Errno) -> [UInt8] {
  var failure: Errno?
  let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
    do throws(Errno) {
      count = try readSome(descriptor, into: UnsafeMutableRawBufferPointer(buffer))
    } catch {
      failure = error
      count = 0
    }
  }
  if let failure { throw failure }
  return piece
}

/// What one `read` gives; 0 at the end. Interrupted calls are repeated.
package func readSome(
  _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
) throws(Errno) -> Int {
  while true {
    let count = read(descriptor, buffer.baseAddress, buffer.count)
    if count >= 0 { return count }
    if errno != EINTR { throw .last }
  }
}
