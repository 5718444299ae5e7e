// CipherSuites.swift: what a handshake has chosen, in OpenSSL's words.
//
// Logs and Received: lines of both programs have them, and people's scripts read them.

import Routing

struct CipherSuite {
  let name: String
  let bits: Int

  /// Those that NIOSSL speaks.
  private static let all: [UInt16: CipherSuite] = [
    0x1301: CipherSuite(name: "TLS_AES_128_GCM_SHA256", bits: 128),
    0x1302: CipherSuite(name: "TLS_AES_256_GCM_SHA384", bits: 256),
    0x1303: CipherSuite(name: "TLS_CHACHA20_POLY1305_SHA256", bits: 256),
    0xC02B: CipherSuite(name: "ECDHE-ECDSA-AES128-GCM-SHA256", bits: 128),
    0xC02C: CipherSuite(name: "ECDHE-ECDSA-AES256-GCM-SHA384", bits: 256),
    0xC02F: CipherSuite(name: "ECDHE-RSA-AES128-GCM-SHA256", bits: 128),
    0xC030: CipherSuite(name: "ECDHE-RSA-AES256-GCM-SHA384", bits: 256),
    0xCCA8: CipherSuite(name: "ECDHE-RSA-CHACHA20-POLY1305", bits: 256),
    0xCCA9: CipherSuite(name: "ECDHE-ECDSA-CHACHA20-POLY1305", bits: 256),
    0xC009: CipherSuite(name: "ECDHE-ECDSA-AES128-SHA", bits: 128),
    0xC00A: CipherSuite(name: "ECDHE-ECDSA-AES256-SHA", bits: 256),
    0xC013: CipherSuite(name: "ECDHE-RSA-AES128-SHA", bits: 128),
    0xC014: CipherSuite(name: "ECDHE-RSA-AES256-SHA", bits: 256),
    0xC023: CipherSuite(name: "ECDHE-ECDSA-AES128-SHA256", bits: 128),
    0xC027: CipherSuite(name: "ECDHE-RSA-AES128-SHA256", bits: 128),
    0x009C: CipherSuite(name: "AES128-GCM-SHA256", bits: 128),
    0x009D: CipherSuite(name: "AES256-GCM-SHA384", bits: 256),
    0x002F: CipherSuite(name: "AES128-SHA", bits: 128),
    0x0035: CipherSuite(name: "AES256-SHA", bits: 256),
  ]

  init?(_ number: UInt16) {
    guard let suite = Self.all[number] else { return nil }
    self = suite
  }

  private init(name: String, bits: Int) { (self.name, self.bits) = (name, bits) }
}

extension TLSFacts {
  /// - Parameter serverKey: of the server's certificate.
  init?(_ server: ServerHello, _ client: ClientHello?, serverKey: CertificateText.Key?) {
    let versions: [UInt16: String] = [0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3"]
    guard let version = versions[server.version], let suite = CipherSuite(server.cipher) else { return nil }
    self.init(version: Array(version.utf8), cipher: Array(suite.name.utf8), bits: suite.bits)
    guard server.version == 0x0304 else { return }
    keyExchange = server.group.flatMap { Self.groups[$0] }.map { Array($0.utf8) }
    guard let (name, digest) = Self.signature(serverKey, client?.signatures ?? []) else { return }
    signature = Array(name.utf8)
    self.digest = Array(digest.utf8)
  }

  private static let groups: [UInt16: String] = [
    0x1D: "X25519", 0x17: "ECDHE (prime256v1)", 0x18: "ECDHE (secp384r1)", 0x19: "ECDHE (secp521r1)",
    0x11EC: "X25519MLKEM768",
  ]

  /// How BoringSSL signs: by the first scheme of its own that goes with the key and that the client takes.
  private static func signature(_ key: CertificateText.Key?, _ offered: [UInt16]) -> (String, String)? {
    switch key {
    case .rsa(let bits):
      let schemes: [(UInt16, String)] = [(0x0804, "SHA256"), (0x0805, "SHA384"), (0x0806, "SHA512")]
      return schemes.first { offered.contains($0.0) }.map { ("RSA-PSS (\(bits) bits)", $0.1) }
    case .curve(let name):
      // TLS 1.3 ties the digest to the curve.
      let digests = ["prime256v1": "SHA256", "secp384r1": "SHA384", "secp521r1": "SHA512"]
      return digests[name].map { ("ECDSA (\(name))", $0) }
    case .other, nil: return nil
    }
  }
}
