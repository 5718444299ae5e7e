// Checkout.swift: where the package, its built commands and scratch space are.

import Foundation
import Posix

package enum Checkout {
  /// The folder of Package.swift.
  package static let root: String = {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder.path
  }()

  /// What `make build` leaves ready to run; `WAYBILL_BIN` names another folder.
  package static let commands: String =
    ProcessInfo.processInfo.environment["WAYBILL_BIN"] ?? root + "/.build/bin"

  /// Whether anybody may write to a folder above it, as to /tmp.
  package static var isBelowCommonFolder: Bool {
    var folder = URL(fileURLWithPath: root)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path)
      if let mode = attributes?[.posixPermissions] as? Int, mode & 0o002 != 0 { return true }
    }
    return false
  }

  package static func command(_ name: String) -> String { commands + "/" + name }
}

/// Whom a daemon that root starts becomes in tests.
package let unprivilegedUser = "nobody"

/// A folder of its own for one test, gone when the value is.
package final class TemporaryFolder: Sendable {
  package let path: String

  /// - Parameter base: sendmail refuses sockets below /tmp, where anybody may write.
  package init(below base: String = NSTemporaryDirectory()) throws {
    var template = Array((base + "/waybill-test.XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file below the folder, with the folders above it, and returns its path.
  @discardableResult
  package func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let file = path + "/" + name
    var descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0, errno == ENOENT, let slash = file.lastIndex(of: "/") {
      try FileManager.default.createDirectory(
        atPath: String(file[..<slash]), withIntermediateDirectories: true)
      descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    defer { close(descriptor) }
    try writeAll(descriptor, Array(bytes))
    return file
  }

  @discardableResult
  package func write(_ name: String, _ text: String) throws -> String {
    try write(name, text.utf8)
  }

  /// Where we are root, all in it becomes the property of the user that a daemon becomes.
  package func giveAway() throws {
    guard isRoot, let account = getpwnam(unprivilegedUser)?.pointee else { return }
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    for name in [""] + names.map({ "/" + $0 }) { lchown(path + name, account.pw_uid, account.pw_gid) }
  }

  /// Sets a file's time an hour back. Postfix waits a second or two over a
  /// configuration file that was written just now, lest it is still being written.
  package func age(_ name: String) {
    let past = timeval(tv_sec: time(nil) - 3600, tv_usec: 0)
    let times = [past, past]
    utimes(path + "/" + name, times)
  }
}
