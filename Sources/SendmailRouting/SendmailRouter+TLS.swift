// SendmailRouter+TLS.swift: what a .cf says of TLS, in both directions.
//
//     from clients   tls_client  ${verify} $| STARTTLS   when TLS is up; check_mail asks again
//     to servers     try_tls     server                  may STARTTLS be said?
//                    tls_server  ${verify}               is the connection what is demanded?
//                    tls_rcpt    recipient               is it for this recipient?
//
// Fails: never; a ruleset's $#error is the refusal.

import Routing
import Rulesets

extension TLSFacts {
  /// sendmail's word for what it knows of the other side.
  package var verify: [UInt8] {
    switch verification {
    case .notAsked: Array("NOT".utf8)
    case .noCertificate: Array("NO".utf8)
    case .untrusted: Array("FAIL".utf8)
    case .trusted: Array("OK".utf8)
    }
  }

  /// The cf macros.
  ///
  /// - Parameter fingerprint: CertFingerprintAlgorithm; nil for `${cert_md5}`.
  package func macros(fingerprint: String?) -> [(name: String, value: [UInt8])] {
    var result: [(name: String, value: [UInt8])] = [
      ("verify", verify), ("tls_version", version), ("cipher", cipher), ("cipher_bits", Array("\(bits)".utf8)),
      ("alg_bits", Array("\(algorithmBits)".utf8)),
    ]
    guard let certificate else { return result }
    result += [
      ("cert_subject", Self.encoded(certificate.subject)), ("cert_issuer", Self.encoded(certificate.issuer)),
      ("cn_subject", Self.encoded(certificate.commonName ?? [])),
      ("cn_issuer", Self.encoded(certificate.issuerCommonName ?? [])),
    ]
    let digest = fingerprint?.lowercased() ?? "md5"
    if let value = certificate.fingerprints[digest] {
      result.append((fingerprint == nil ? "cert_md5" : "cert_fp", value))
    }
    return result
  }

  /// Without bytes that rules or addresses would take for their own.
  private static func encoded(_ text: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return text.flatMap { byte in
      (0x21...0x7E).contains(byte) && !"<>()\"+".utf8.contains(byte)
        ? [byte] : [0x2B, digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
    }
  }
}

extension SendmailRouter {
  package var fingerprintAlgorithm: String? {
    program.options.text("CertFingerprintAlgorithm").flatMap { $0.isEmpty ? nil : $0 }
  }

  func setMacros(of tls: TLSFacts) {
    for (name, value) in tls.macros(fingerprint: fingerprintAlgorithm) { resolver.setMacro(name, value) }
  }

  /// Whether the session may go on after STARTTLS.
  package func checkEncryption(of client: Client, memory: (any SessionMemory)?) -> Decision {
    guard let tls = client.tls else { return .accept }
    resetMacros()
    if let memory = memory as? Memory { restore(memory.connection) }
    beginSession(client)
    return resolver.check("tls_client", [tls.verify, Array("STARTTLS".utf8)], about: [])
  }

  /// A server that mail is sent to.
  package struct Server: Sendable {
    /// The name that led to it; its address in brackets where there is none.
    package var name: [UInt8]
    package var address: [UInt8]

    package init(name: [UInt8], address: [UInt8]) {
      self.name = name.isEmpty ? [0x5B] + address + [0x5D] : name
      self.address = address
    }
  }

  /// Whether STARTTLS may be said to it.
  package func triesTLS(with server: Server) -> Bool {
    guard program.ruleset(withRules: "try_tls") != nil else { return true }
    begin(server)
    return resolver.check("try_tls", [server.name], about: []).isPositive
  }

  /// Whether anything is demanded of servers at all.
  package var judgesServers: Bool {
    ["tls_server", "tls_rcpt"].contains { program.ruleset(withRules: $0) != nil }
  }

  /// The refusal of a connection, or those of recipients.
  ///
  /// - Parameters:
  ///   - tls: nil for a connection in clear.
  ///   - isOwnChoice: in clear because try_tls had it so.
  package func judge(
    _ server: Server, _ tls: TLSFacts?, isOwnChoice: Bool, recipients: [[UInt8]]
  ) -> (connection: Reply?, recipients: [Reply?]) {
    begin(server)
    let verify = tls?.verify ?? Array((isOwnChoice ? "CLEAR" : "NONE").utf8)
    if let tls { setMacros(of: tls) } else { resolver.setMacro("verify", verify) }
    if let refusal = resolver.check("tls_server", [verify], about: []).refusal { return (refusal, []) }
    return (nil, recipients.map { resolver.check("tls_rcpt", [$0], about: $0).refusal })
  }

  private func begin(_ server: Server) {
    resetMacros()
    resolver.setMacro("server_name", server.name)
    resolver.setMacro("server_addr", server.address)
  }
}
