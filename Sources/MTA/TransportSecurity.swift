// TransportSecurity.swift: the TLS that a configuration offers to clients and asks of servers.
//
//     sendmail.cf   ServerCertFile and ServerKeyFile: offered. A server's offer is taken.
//     main.cf       smtpd_tls_security_level, smtp_tls_security_level: none, may, encrypt;
//                   verify and secure towards servers
//
// Fails: a key or certificate that cannot be used is an error when the configuration is
// read; nobody finds out later that mail went in clear.

import Diagnostics
import Glibc
import Installation
import NIOSSL
import Posix
import PostfixConfig
import SMTP
import SendmailCF

package struct TransportSecurity: Sendable {
  /// How much TLS a server that mail is sent to must offer.
  enum Demand: Sendable {
    case never, opportunistic, encrypted
    /// With a certificate for the host that was connected to, or for the next hop.
    case verified(nameOfNextHop: Bool)

    /// - Parameter level: of Postfix's smtp(8), one that is known.
    init(level: String) {
      switch level {
      case "none": self = .never
      case "may": self = .opportunistic
      case "encrypt": self = .encrypted
      case "verify": self = .verified(nameOfNextHop: false)
      default: self = .verified(nameOfNextHop: true)
      }
    }

    var isVerified: Bool { if case .verified = self { true } else { false } }
  }

  /// Offered to clients; nil where it is not.
  let server: NIOSSLContext?
  /// Clients that have no TLS are told to begin it.
  let isRequiredOfClients: Bool
  let demand: Demand
  let client: NIOSSLContext?
  /// Whether mail goes in clear where a handshake failed that was tried for good measure.
  let fallsBack: Bool

  /// No TLS at all.
  package static let none = TransportSecurity()

  private init() {
    (server, isRequiredOfClients, demand, client, fallsBack) = (nil, false, .never, nil, false)
  }

  /// - Parameter serves: whether clients are served; else only what is asked of servers counts.
  /// - Throws: what is wrong with a key, a certificate or a level.
  package init(_ installation: Installation, serves: Bool) throws(RuntimeError) {
    let options = installation.program.options
    func file(_ name: String) -> KeyFile? {
      options.text(name).flatMap { $0.isEmpty ? nil : KeyFile(installation.root + $0, option: name) }
    }
    if serves, let certificate = file("ServerCertFile") {
      let key = file("ServerKeyFile") ?? certificate
      try key.requirePrivacy()
      server = try Self.serverContext(certificate, key)
    } else {
      server = nil
    }
    isRequiredOfClients = false
    demand = .opportunistic
    client = try Self.clientContext(file("ClientCertFile"), file("ClientKeyFile"), authorities: nil)
    fallsBack = options.isOn("TLSFallbacktoClear")
  }

  /// - Parameter serves: whether clients are served; else only what is asked of servers counts.
  /// - Throws: what is wrong with a key, a certificate or a level.
  package init(_ configuration: PostfixConfiguration, serves: Bool) throws(RuntimeError) {
    let smtpd = configuration.settings(for: configuration.master.firstService(running: "smtpd", type: "inet"))
    let smtp = configuration.settings(for: configuration.master.service("smtp", type: "unix"))
    func file(_ name: String, _ settings: Settings) -> KeyFile? {
      let value = settings.value(name).text
      return value.isEmpty || value == "none" ? nil : KeyFile(configuration.root + value, option: name)
    }
    let level = serves ? try Self.level("smtpd", smtpd) : "none"
    if level == "none" {
      server = nil
    } else {
      let chain = file("smtpd_tls_chain_files", smtpd)
      let certificate = chain ?? file("smtpd_tls_cert_file", smtpd) ?? file("smtpd_tls_eccert_file", smtpd)
      guard let certificate else {
        throw RuntimeError(
          "smtpd_tls_security_level = \(level) without a certificate: set smtpd_tls_chain_files", .configuration)
      }
      let key = file(certificate.option == "smtpd_tls_cert_file" ? "smtpd_tls_key_file" : "smtpd_tls_eckey_file", smtpd)
      server = try Self.serverContext(certificate, chain ?? key ?? certificate)
    }
    isRequiredOfClients = level == "encrypt"
    let demand = Demand(level: try Self.level("smtp", smtp))
    self.demand = demand
    client = try Self.clientContext(
      file("smtp_tls_cert_file", smtp), file("smtp_tls_key_file", smtp),
      authorities: demand.isVerified ? file("smtp_tls_CAfile", smtp) : nil, verifies: demand.isVerified)
    fallsBack = true
  }

  var policy: ClientSettings.TLSPolicy {
    switch demand {
    case .never: .never
    case .opportunistic: .opportunistic
    case .encrypted, .verified: .required
    }
  }

  /// The name that a server's certificate must have; nil for any.
  func certifiedName(of target: RemoteHosts.Target) -> String? {
    guard case .verified(let nameOfNextHop) = demand else { return nil }
    return nameOfNextHop ? target.nextHop : target.name
  }

  /// The level of a daemon, the older parameters counted.
  private static func level(_ daemon: String, _ settings: Settings) throws(RuntimeError) -> String {
    let level = settings.value("\(daemon)_tls_security_level").text
    if level.isEmpty {
      if settings.flag("\(daemon)_enforce_tls") { return "encrypt" }
      return settings.flag("\(daemon)_use_tls") ? "may" : "none"
    }
    let known = ["none", "may", "encrypt"] + (daemon == "smtp" ? ["verify", "secure"] : [])
    guard known.contains(level) else {
      throw RuntimeError(
        "\(daemon)_tls_security_level = \(level) is not served here: write one of \(known.joined(separator: ", "))",
        .configuration)
    }
    return level
  }

  private static func serverContext(_ certificate: KeyFile, _ key: KeyFile) throws(RuntimeError) -> NIOSSLContext {
    let chain = try certificate.chain()
    var settings = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain, privateKey: .privateKey(try key.privateKey()))
    settings.minimumTLSVersion = .tlsv12
    return try certificate.context(settings, with: key)
  }

  private static func clientContext(
    _ certificate: KeyFile?, _ key: KeyFile?, authorities: KeyFile?, verifies: Bool = false
  ) throws(RuntimeError) -> NIOSSLContext {
    var settings = TLSConfiguration.makeClientConfiguration()
    settings.minimumTLSVersion = .tlsv12
    settings.certificateVerification = verifies ? .fullVerification : .none
    if let authorities { settings.trustRoots = .certificates(try authorities.certificates()) }
    if let certificate {
      settings.certificateChain = try certificate.chain()
      settings.privateKey = .privateKey(try (key ?? certificate).privateKey())
    }
    let named = certificate ?? KeyFile("", option: "TLS")
    return try named.context(settings, with: key ?? named)
  }
}

/// A file with keys or certificates in PEM (RFC 7468), and the option that names it.
private struct KeyFile {
  let path: String
  let option: String

  init(_ path: String, option: String) {
    self.path = path
    self.option = option
  }

  private func fault(_ reason: String) -> RuntimeError {
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
