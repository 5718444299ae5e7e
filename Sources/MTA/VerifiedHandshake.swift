// VerifiedHandshake.swift: TLS on a channel that goes on whatever the certificate is, and knows what it is.
//
//     watch ─► NIOSSL ─► dialogue
//
// Mail is mostly sent with TLS to servers whose certificate proves nothing, so verification
// is a fact to be told and judged by, and ends a handshake only where a rule says so.

import Digests
import NIOCore
import NIOSSL
import Routing

final class VerifiedHandshake {
  private let watch: HandshakeWatch
  private let verdict: ChainVerdict
  private let handler: NIOSSLHandler
  /// nil for a client: the server's is read from its certificate.
  private let serverKey: CertificateText.Key?

  /// As a server.
  init(_ served: ServedTLS, asksForCertificate: Bool) throws {
    let context = asksForCertificate ? served.asking : nil
    watch = HandshakeWatch(isServer: true)
    verdict = ChainVerdict(isAsked: context != nil)
    handler = try reportingHandlers.server(context ?? served.plain, verdict.callback)
    serverKey = served.key
  }

  /// As a client.
  init(_ context: NIOSSLContext, serverName: String?) throws {
    watch = HandshakeWatch(isServer: false)
    verdict = ChainVerdict(isAsked: true)
    handler = try reportingHandlers.client(context, serverName, verdict.callback)
    serverKey = nil
  }

  /// From here on the bytes of the channel are the handshake's.
  func begin(_ context: ChannelHandlerContext) throws {
    try context.pipeline.syncOperations.addHandlers([watch, handler], position: .first)
  }

  /// What came of it; once it is complete.
  var facts: TLSFacts? {
    guard let hello = watch.serverHello else { return nil }
    let encoded = handler.peerCertificate.flatMap { try? $0.toDERBytes() }
    let text = encoded.flatMap { CertificateText($0) }
    guard var facts = TLSFacts(hello, watch.clientHello, serverKey: serverKey ?? text?.key) else { return nil }
    facts.verification = verdict.verification(hasCertificate: encoded != nil)
    facts.certificate = handler.peerCertificate.flatMap { TLSFacts.Certificate($0) }
    return facts
  }
}

extension TLSFacts.Certificate {
  init?(_ certificate: NIOSSLCertificate) {
    guard let encoded = try? certificate.toDERBytes(), let text = CertificateText(encoded) else { return nil }
    self.init()
    let publicKey = (try? certificate.extractPublicKey().toSPKIBytes()) ?? []
    for digest in Digest.allCases {
      fingerprints[digest.rawValue] = digest.text(of: encoded)
      keyFingerprints[digest.rawValue] = digest.text(of: publicKey)
    }
    (subject, issuer) = (text.subject.line, text.issuer.line)
    (commonName, issuerCommonName) = (text.subject.commonName, text.issuer.commonName)
    for name in certificate._subjectAlternativeNames() where name.nameType == .dnsName {
      names.append(name.contents.withUnsafeBufferPointer { Array($0) })
    }
  }
}

/// What verification has found; used on the channel's event loop only.
private final class ChainVerdict {
  private let isAsked: Bool
  private var hasSeen = false
  private var hasFailed = false

  init(isAsked: Bool) { self.isAsked = isAsked }

  /// Told of each certificate, and of the chain's faults; the handshake goes on.
  var callback: NIOSSLVerificationCallback {
    { [self] result, certificate in
      hasSeen = true
      if case .failed = result { hasFailed = true }
      // NIOSSL cannot call back for what such a chain may fail by.
      return Self.hasPolicyConstraints(certificate) ? .failed : .certificateVerified
    }
  }

  func verification(hasCertificate: Bool) -> TLSFacts.Verification {
    guard isAsked else { return .notAsked }
    guard hasCertificate else { return .noCertificate }
    return hasSeen && !hasFailed ? .trusted : .untrusted
  }

  /// The extension of RFC 5280, section 4.2.1.11: rare, and of no use for mail.
  private static func hasPolicyConstraints(_ certificate: NIOSSLCertificate) -> Bool {
    guard let encoded = try? certificate.toDERBytes() else { return true }
    let mark: [UInt8] = [0x06, 0x03, 0x55, 0x1D, 0x24]
    return encoded.indices.contains { encoded[$0] == 0x06 && encoded[$0...].starts(with: mark) }
  }
}

/// Handlers that tell what verification has found. NIOSSL's newer callbacks stand in place of
/// its verification; only those that it calls deprecated are told of the outcome.
private protocol ReportingHandlers {
  func server(_ context: NIOSSLContext, _ callback: @escaping NIOSSLVerificationCallback) throws -> NIOSSLHandler
  func client(
    _ context: NIOSSLContext, _ name: String?, _ callback: @escaping NIOSSLVerificationCallback
  ) throws -> NIOSSLHandler
}

private struct ReportingNIOSSL: ReportingHandlers {
  @available(*, deprecated)
  func server(_ context: NIOSSLContext, _ callback: @escaping NIOSSLVerificationCallback) throws -> NIOSSLHandler {
    try NIOSSLServerHandler(context: context, verificationCallback: callback)
  }

  @available(*, deprecated)
  func client(
    _ context: NIOSSLContext, _ name: String?, _ callback: @escaping NIOSSLVerificationCallback
  ) throws -> NIOSSLHandler {
    try NIOSSLClientHandler(context: context, serverHostname: name, verificationCallback: callback)
  }
}

private var reportingHandlers: any ReportingHandlers { ReportingNIOSSL() }
