import Foundation
import Posix
import TestSupport
import Testing

@Suite("Files are read whole and written whole or not at all")
struct FileTests {
  @Test("what is written is read back, also more than one block")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    for size in [0, 1, 65_536, 65_537, 1_000_000] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try replaceFile(folder.path + "/file", with: bytes)
      #expect(try readFile(folder.path + "/file") == bytes)
    }
  }

  @Test("the same into memory of its own, with a bound")
  func memory() throws {
    let folder = try TemporaryFolder()
    for size in [0, 1, 65_536, 65_537, 1_000_000] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let path = try folder.write("file", bytes)
      let descriptor = open(path, O_RDONLY)
      defer { close(descriptor) }
      let memory = try readMemory(descriptor, atMost: size)
      #expect(Array(memory) == bytes)
      free(memory.baseAddress)
      lseek(descriptor, 0, SEEK_SET)
      if size > 0 { #expect(throws: Errno(EFBIG)) { try readMemory(descriptor, atMost: size - 1) } }
    }
    let endless = open("/dev/zero", O_RDONLY)
    defer { close(endless) }
    #expect(throws: Errno(EFBIG)) { try readMemory(endless, atMost: 200_000) }
    #expect(throws: Errno(EBADF)) { try readMemory(-1) }
  }

  @Test("a file without a size, as below /proc, is read to its end")
  func withoutSize() throws {
    #expect(try !readFile("/proc/self/status").isEmpty)
  }

  @Test("a missing file and a folder are errors that say so")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    #expect(throws: Errno(ENOENT)) { try readFile(folder.path + "/none") }
    #expect(throws: Errno(EISDIR)) { try readFile(folder.path) }
  }

  @Test("what is abandoned leaves the old file and nothing beside it")
  func abandoned() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("file", "old")
    var file = try ReplacementFile(for: path)
    try writeAll(file.descriptor, Array("new".utf8))
    file.abandon()
    #expect(try readFile(path) == Array("old".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
  }

  @Test("a replaced file keeps its permissions")
  func permissions() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("file", "old")
    chmod(path, 0o600)
    try replaceFile(path, with: [1])
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test("a folder that is not there is an error, and nothing is made")
  func noFolder() throws {
    let folder = try TemporaryFolder()
    #expect(throws: Errno(ENOENT)) { try replaceFile(folder.path + "/no/file", with: []) }
  }
}
