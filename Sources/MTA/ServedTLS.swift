// ServedTLS.swift: the TLS that clients are offered.
//
//     sendmail.cf   ServerCertFile, ServerKeyFile, CACertFile and CACertPath: all of them, or
//                   none is offered. Clients are asked for a certificate.
//     main.cf       smtpd_tls_security_level: none, may, encrypt. Where no certificate can be
//                   used STARTTLS is offered all the same, and answered 454.
//
// Fails: never; what cannot be used is a warning, as with the real programs, and mail goes on.

import Diagnostics
import Installation
import NIOSSL
import Posix
import PostfixConfig
import SendmailCF

struct ServedTLS: Sendable {
  /// Of our certificate, for those who log how it signed.
  let key: CertificateText.Key?
  /// Asks clients for a certificate; nil where nobody is asked.
  let asking: NIOSSLContext?
  let plain: NIOSSLContext

  /// - Parameters:
  ///   - key: nil where it is in the certificate's file.
  ///   - authorities: who may have issued certificates of clients; nil where none is asked for.
  init(
    _ certificate: KeyFile, key: KeyFile?, authorities: [NIOSSLCertificate]?
  ) throws(RuntimeError) {
    let certificates = try certificate.certificates()
    let privateKey = try (key ?? certificate).privateKey()
    var settings = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(privateKey))
    settings.minimumTLSVersion = .tlsv12
    plain = try certificate.context(settings, with: key ?? certificate)
    if let authorities {
      settings.certificateVerification = .optionalVerification
      settings.trustRoots = .certificates(authorities)
      asking = try certificate.context(settings, with: key ?? certificate)
    } else {
      asking = nil
    }
    self.key = certificates.first.flatMap { try? $0.toDERBytes() }.flatMap { CertificateText($0)?.key }
  }
}

/// What clients meet.
struct TLSOffer: Sendable {
  /// nil where none can be used.
  var served: ServedTLS?
  /// EHLO lists STARTTLS.
  var isListed = false
  /// Clients that have no TLS are told to begin it.
  var isRequired = false
  /// Clients that show no certificate that is trusted are sent away.
  var requiresCertificate = false
  /// TLS from the first byte.
  var isImplicit = false
  /// Received: tells of it.
  var isTold = true
  /// Why it is not as configured.
  var warnings: [String] = []

  init() {}

  init(_ installation: Installation) {
    let options = installation.program.options
    func file(_ name: String) -> KeyFile? { KeyFile(options.text(name), option: name, root: installation.root) }
    guard let certificate = file("ServerCertFile") else { return }
    do throws(RuntimeError) {
      guard let key = file("ServerKeyFile") else { throw RuntimeError("no ServerKeyFile", .configuration) }
      guard let authorities = file("CACertFile"), file("CACertPath") != nil else {
        throw RuntimeError("CACertFile and CACertPath must be set, too", .configuration)
      }
      try key.requirePrivacy()
      let asks = !(options.text("TLSSrvOptions") ?? "").contains("V")
      served = try ServedTLS(certificate, key: key, authorities: asks ? try authorities.certificates() : nil)
      isListed = true
    } catch {
      warnings = ["STARTTLS is not offered: \(error)"]
    }
  }

  /// - Throws: a level that smtpd(8) does not start with.
  init(_ smtpd: Settings, root: FileRoot) throws(RuntimeError) {
    var level = try TLSLevel(of: "smtpd", smtpd)
    if level > .encrypt {
      warnings.append("smtpd_tls_security_level: unsupported TLS level \"\(level)\", using \"encrypt\"")
      level = .encrypt
    }
    isImplicit = smtpd.flag("smtpd_tls_wrappermode")
    guard level != .none || isImplicit else { return }
    isListed = !isImplicit
    isRequired = level == .encrypt
    isTold = smtpd.flag("smtpd_tls_received_header")
    requiresCertificate = isRequired && smtpd.flag("smtpd_tls_req_ccert")
    func file(_ name: String) -> KeyFile? { KeyFile(smtpd.value(name).text, option: name, root: root) }
    let chain = file("smtpd_tls_chain_files")
    do throws(RuntimeError) {
      guard let certificate = chain ?? file("smtpd_tls_cert_file") ?? file("smtpd_tls_eccert_file") else {
        throw RuntimeError("no smtpd_tls_chain_files and no smtpd_tls_cert_file", .configuration)
      }
      let key = certificate.option == "smtpd_tls_cert_file" ? "smtpd_tls_key_file" : "smtpd_tls_eckey_file"
      var authorities: [NIOSSLCertificate]?
      if requiresCertificate || smtpd.flag("smtpd_tls_ask_ccert") {
        authorities = try Self.authorities("smtpd", smtpd, root: root)
      }
      served = try ServedTLS(certificate, key: chain == nil ? file(key) : nil, authorities: authorities)
    } catch {
      warnings.append("STARTTLS will be answered 454: \(error)")
    }
  }

  /// The certificates in CAfile and below CApath.
  static func authorities(
    _ daemon: String, _ settings: Settings, root: FileRoot
  ) throws(RuntimeError) -> [NIOSSLCertificate] {
    var found: [NIOSSLCertificate] = []
    let name = "\(daemon)_tls_CAfile"
    if let file = KeyFile(settings.value(name).text, option: name, root: root) { found += try file.certificates() }
    let path = "\(daemon)_tls_CApath"
    if let folder = KeyFile(settings.value(path).text, option: path, root: root) {
      found += try folder.certificatesInFolder()
    }
    return found
  }
}
