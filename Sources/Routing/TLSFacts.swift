// TLSFacts.swift: what is known of the TLS of a connection.
//
// Both engines judge by it (`${verify}`, permit_tls_clientcerts), and Received: lines tell it.

package struct TLSFacts: Sendable, Hashable {
  /// What is known of the other side.
  package enum Verification: Sendable, Hashable {
    /// It was not asked for a certificate.
    case notAsked
    /// It has shown none.
    case noCertificate
    /// No authority that is trusted here stands behind its certificate.
    case untrusted
    case trusted
  }

  /// The certificate of the other side.
  package struct Certificate: Sendable, Hashable {
    /// `/C=DE/O=Example/CN=mail.example`
    package var subject: [UInt8] = []
    package var issuer: [UInt8] = []
    /// The last common name in each.
    package var commonName: [UInt8]?
    package var issuerCommonName: [UInt8]?
    /// Names of hosts that it is for.
    package var names: [[UInt8]] = []
    /// `7F:6E:95:…` of itself and of its public key, by digest: md5, sha1, sha256.
    package var fingerprints: [String: [UInt8]] = [:]
    package var keyFingerprints: [String: [UInt8]] = [:]

    package init() {}
  }

  /// `TLSv1.3`
  package var version: [UInt8]
  /// OpenSSL's name of the cipher suite.
  package var cipher: [UInt8]
  /// Of the secret, and of the algorithm.
  package var bits: Int
  package var algorithmBits: Int
  /// With TLS 1.3: `X25519`, `RSA-PSS (2048 bits)`, `SHA256`.
  package var keyExchange: [UInt8]?
  package var signature: [UInt8]?
  package var digest: [UInt8]?
  package var verification: Verification
  package var certificate: Certificate?

  package init(
    version: [UInt8], cipher: [UInt8], bits: Int, algorithmBits: Int? = nil, verification: Verification = .notAsked
  ) {
    self.version = version
    self.cipher = cipher
    self.bits = bits
    self.algorithmBits = algorithmBits ?? bits
    self.verification = verification
  }
}
