// ClientTLS.swift: the TLS that servers must offer to get mail.
//
//     main.cf      smtp_tls_security_level, or the entry of smtp_tls_policy_maps for the next hop;
//                  lmtp_tls_* for lmtp(8)
//     sendmail.cf  a server's offer is taken; its rulesets judge (SendmailRouter+TLS.swift)
//
// Fails: never. A fault of the configuration defers the mail that it is about.

import Diagnostics
import Installation
import MailAddress
import NIOSSL
import Posix
import PostfixConfig
import Routing
import SendmailCF

struct ClientTLS: Sendable {
  /// Nothing is said of a next hop by itself.
  let level: Result<TLSLevel, ClientTLSFault>
  let context: Result<NIOSSLContext, ClientTLSFault>
  let material: Material
  let policies: MapList?
  let digest: Bytes
  let fingerprints, verifyNames, secureNames: [Bytes]
  let protocols, mandatoryProtocols: [Bytes]
  let isImplicit: Bool
  /// After how many seconds mail goes in clear where a handshake failed that was tried for good
  /// measure; nil for never.
  private let patience: Int?
  private(set) var warnings: [String] = []

  /// Our certificate, and whom we trust.
  struct Material: Sendable {
    var chain: [NIOSSLCertificate] = []
    var key: NIOSSLPrivateKey?
    /// nil for those of the system.
    var authorities: [NIOSSLCertificate]?

    func context(_ versions: TLSProtocols) throws(ClientTLSFault) -> NIOSSLContext {
      var settings = TLSConfiguration.makeClientConfiguration()
      settings.minimumTLSVersion = versions.lowest
      settings.maximumTLSVersion = versions.highest
      settings.certificateVerification = .noHostnameVerification
      if let authorities { settings.trustRoots = .certificates(authorities) }
      if let key {
        settings.certificateChain = chain.map { .certificate($0) }
        settings.privateKey = .privateKey(key)
      }
      do { return try NIOSSLContext(configuration: settings) } catch {
        throw ClientTLSFault("TLS cannot begin: \(error)")
      }
    }
  }

  func fallsBack(after seconds: Int) -> Bool { patience.map { seconds >= $0 } ?? false }

  /// Speaks no TLS.
  init() {
    (level, context) = (.success(.none), .failure(ClientTLSFault("no TLS")))
    (material, policies, digest, fingerprints) = (Material(), nil, [], [])
    (verifyNames, secureNames, protocols, mandatoryProtocols) = ([], [], [], [])
    (isImplicit, patience) = (false, nil)
  }

  init(_ installation: Installation) {
    let options = installation.program.options
    func file(_ name: String) -> KeyFile? { KeyFile(options.text(name), option: name, root: installation.root) }
    var material = Material(authorities: [])
    // What cannot be read is left out.
    do throws(RuntimeError) {
      if let authorities = file("CACertFile") { material.authorities = try authorities.certificates() }
      if let certificate = file("ClientCertFile"), let key = file("ClientKeyFile") {
        try key.requirePrivacy()
        (material.chain, material.key) = (try certificate.certificates(), try key.privateKey())
      }
    } catch {
      warnings.append("TLS towards servers: \(error)")
    }
    self.material = material
    context = Result { () throws(ClientTLSFault) in try material.context(TLSProtocols()) }
    level = .success(.may)
    (policies, digest, fingerprints, verifyNames, secureNames) = (nil, [], [], [], [])
    (protocols, mandatoryProtocols, isImplicit) = ([], [], false)
    patience = options.isOn("TLSFallbacktoClear") ? 0 : nil
  }

  init(_ configuration: PostfixConfiguration, _ service: MasterConfiguration.Service) {
    let settings = configuration.settings(for: service)
    let daemon = service.command
    let root = configuration.root
    func file(_ name: String) -> KeyFile? {
      KeyFile(settings.value("\(daemon)_tls_\(name)").text, option: "\(daemon)_tls_\(name)", root: root)
    }
    level = Result { () throws(ClientTLSFault) in
      do throws(RuntimeError) { return try TLSLevel(of: daemon, settings) } catch {
        throw ClientTLSFault(error.description)
      }
    }
    var material = Material()
    var fault: ClientTLSFault?
    do throws(RuntimeError) {
      material.authorities = try TLSOffer.authorities(daemon, settings, root: root)
      let chain = file("chain_files")
      if let certificate = chain ?? file("cert_file") ?? file("eccert_file") {
        let key = chain ?? file(certificate.option.hasSuffix("eccert_file") ? "eckey_file" : "key_file") ?? certificate
        (material.chain, material.key) = (try certificate.certificates(), try key.privateKey())
      }
    } catch {
      fault = ClientTLSFault(error.description)
      if level != .success(.none) { warnings.append("no TLS towards servers: \(error)") }
    }
    self.material = material
    protocols = settings.list("\(daemon)_tls_protocols")
    mandatoryProtocols = settings.list("\(daemon)_tls_mandatory_protocols")
    let versions = TLSProtocols(protocols)
    context = fault.map { .failure($0) } ?? Result { () throws(ClientTLSFault) in try material.context(versions) }
    let maps = MapList(
      "\(daemon)_tls_policy_maps", of: settings, opener: TableOpener(root: configuration.root), allowsReferences: false)
    policies = maps.isEmpty ? nil : maps
    digest = settings.value("\(daemon)_tls_fingerprint_digest")
    fingerprints = settings.list("\(daemon)_tls_fingerprint_cert_match")
    verifyNames = settings.list("\(daemon)_tls_verify_cert_match")
    secureNames = settings.list("\(daemon)_tls_secure_cert_match")
    isImplicit = settings.flag("\(daemon)_tls_wrappermode")
    patience = ConfiguredTime.seconds(configuration.settings().value("minimal_backoff_time").text, unit: 1) ?? 300
  }
}
