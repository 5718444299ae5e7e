// Sockets by a path: whose they are, and paths longer than a socket's address.

import Glibc
import Posix
import TestSupport
import Testing

@Suite("Sockets of this host")
struct LocalSocketTests {
  @Test("whoever listens is reached, by long paths as well, and nobody else may connect", arguments: [1, 150])
  func connects(_ length: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/" + String(repeating: "f", count: length) + "/control"
    #expect(throws: Errno(ENOENT)) { try connectLocally(path) }
    try folder.write(String(repeating: "f", count: length) + "/control", "left by a crash")
    let listener = try listenLocally(path)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    let client = try connectLocally(path)
    let server = accept(listener, nil, nil)
    try writeAll(client, Array("hello".utf8))
    #expect(try readPiece(server) == Array("hello".utf8))
    for descriptor in [client, server, listener] { close(descriptor) }
    #expect(throws: Errno(ECONNREFUSED)) { try connectLocally(path) }
  }

  @Test("an address that is none, and a port in use, are said")
  func bindFailures() throws {
    #expect(throws: BindFailure.self) { try bindSocket(host: "no address", port: 0) }
    let first = try bindSocket(host: "127.0.0.1", port: 0)
    defer { close(first) }
    #expect(first >= 0)
  }
}
