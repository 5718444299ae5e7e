// TLSLines.swift: what a Received: line tells of TLS under smtpd_tls_received_header.
//
//     (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)
//      key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)
//     (Client CN "mail.example", Issuer "Example CA" (verified OK))
//
// How a client has signed is not told: nobody but NIOSSL sees it.

import MailAddress
import Routing

extension TLSFacts {
  /// Folded lines, each after its line end and tab.
  package var told: Bytes {
    let fold: Bytes = [.newline, 0x09]
    var text = fold + Bytes(ascii: "(using ") + version + Bytes(ascii: " with cipher ") + cipher
    text += " (\(bits)/\(algorithmBits) bits)".utf8
    if let keyExchange {
      text += fold + Bytes(ascii: " key-exchange ") + keyExchange
      if let signature, let digest {
        text += Bytes(ascii: " server-signature ") + signature + Bytes(ascii: " server-digest ") + digest
      }
    }
    return text + Bytes(ascii: ")") + fold + Bytes(ascii: "(") + client + Bytes(ascii: ")")
  }

  private var client: Bytes {
    switch verification {
    case .notAsked: return Bytes(ascii: "No client certificate requested")
    case .noCertificate: return Bytes(ascii: "Client did not present a certificate")
    case .untrusted, .trusted:
      let state: StaticString = verification == .trusted ? "verified OK" : "not verified"
      return Bytes(ascii: "Client CN \"") + Self.shown(certificate?.commonName) + Bytes(ascii: "\", Issuer \"")
        + Self.shown(certificate?.issuerCommonName) + Bytes(ascii: "\" (") + Bytes(ascii: state) + Bytes(ascii: ")")
    }
  }

  /// Without what would end the comment or the quotes.
  private static func shown(_ name: Bytes?) -> Bytes {
    (name ?? []).map { (0x20...0x7E).contains($0) && !"()\"\\".utf8.contains($0) ? $0 : 0x3F }
  }
}
