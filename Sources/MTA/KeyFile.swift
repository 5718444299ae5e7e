// KeyFile.swift: keys and certificates as a configuration names them.
//
// Fails: with the option, the file and the reason.

import Diagnostics
import Glibc
import NIOSSL
import Posix

/// A file with keys or certificates in PEM (RFC 7468), and the option that names it.
struct KeyFile {
  let path: String
  let option: String

  init(_ path: String, option: String) {
    self.path = path
    self.option = option
  }

  /// - Parameter name: as the option has it; nil where it names nothing.
  init?(_ name: String?, option: String, root: FileRoot) {
    guard let name, !name.isEmpty, name != "none" else { return nil }
    self.init(root + name, option: option)
  }

  func fault(_ reason: String) -> RuntimeError {
    RuntimeError("\(option): \(path): \(reason)", .configuration)
  }

  private func text() throws(RuntimeError) -> [UInt8] {
    do throws(Errno) { return try readFile(path) } catch { throw fault("\(error)") }
  }

  func certificates() throws(RuntimeError) -> [NIOSSLCertificate] {
    let bytes = try text()
    let found: [NIOSSLCertificate]
    do { found = try NIOSSLCertificate.fromPEMBytes(bytes) } catch { throw fault("no certificate in PEM: \(error)") }
    guard !found.isEmpty else { throw fault("no certificate in it") }
    return found
  }

  /// Of all files in a folder that have any.
  func certificatesInFolder() throws(RuntimeError) -> [NIOSSLCertificate] {
    guard let folder = opendir(path) else { throw fault("\(Errno.last)") }
    defer { closedir(folder) }
    var found: [NIOSSLCertificate] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !name.hasPrefix("."), let bytes = try? readFile(path + "/" + name) else { continue }
      found += (try? NIOSSLCertificate.fromPEMBytes(bytes)) ?? []
    }
    return found
  }

  func chain() throws(RuntimeError) -> [NIOSSLCertificateSource] { try certificates().map { .certificate($0) } }

  func privateKey() throws(RuntimeError) -> NIOSSLPrivateKey {
    let bytes = try text()
    do { return try NIOSSLPrivateKey(bytes: bytes, format: .pem) } catch {
      throw fault("no private key in PEM that can be used: \(error)")
    }
  }

  /// A key that others may read is none (sendmail's rule for its own).
  func requirePrivacy() throws(RuntimeError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw fault("\(Errno.last)") }
    if status.st_mode & 0o077 != 0 { throw fault("others may read or write the key: chmod 600 \(path)") }
  }

  func context(_ settings: TLSConfiguration, with key: KeyFile) throws(RuntimeError) -> NIOSSLContext {
    do { return try NIOSSLContext(configuration: settings) } catch {
      throw fault("does not go with the key in \(key.path): \(error)")
    }
  }
}
