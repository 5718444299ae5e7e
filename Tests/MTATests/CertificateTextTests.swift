// Certificates and fingerprints as OpenSSL reads them.

import Digests
import Foundation
import MTA
import TestSupport
import Testing

private let openssl = "/usr/bin/openssl"

@Suite("Certificates", .enabled(if: FileManager.default.isExecutableFile(atPath: openssl), "openssl not found"))
struct CertificateTextTests {
  /// A certificate for a new key, and what OpenSSL calls its subject.
  private static func certificate(
    _ key: [String], _ subject: String, in folder: TemporaryFolder
  ) throws -> (encoded: [UInt8], subject: String) {
    let path = folder.path + "/certificate"
    let made = try run(
      openssl,
      ["req", "-x509", "-nodes", "-keyout", folder.path + "/key", "-outform", "DER", "-out", path, "-utf8"]
        + ["-multivalue-rdn", "-subj", subject] + key)
    #expect(made.status == 0, "\(made)")
    let told = try run(openssl, ["x509", "-inform", "DER", "-in", path, "-noout", "-subject", "-nameopt", "compat"])
    let encoded = FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
    return (encoded, told.text.replacing(/^subject=/, with: "").replacing("\n", with: ""))
  }

  @Test("names and keys")
  func names() throws {
    let folder = try TemporaryFolder()
    func curve(_ name: String) -> [String] { ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:\(name)"] }
    let cases: [(key: [String], subject: String, kind: CertificateText.Key, name: String)] = [
      (curve("prime256v1"), "/CN=mail.example", .curve("prime256v1"), "mail.example"),
      (curve("secp384r1"), "/C=DE/O=Käse & Co/OU=a+CN=b.example", .curve("secp384r1"), "b.example"),
      (curve("secp521r1"), "/CN=first/CN=last/1.2.840.99999.3=x", .curve("secp521r1"), "last"),
      (["-newkey", "rsa:1024"], "/DC=example/UID=u/emailAddress=a@b.example/CN=c", .rsa(bits: 1024), "c"),
      (["-newkey", "ed25519"], "/serialNumber=1/title=t/GN=g/SN=s/street=x/L=l/ST=s/CN=*.d", .other, "*.d"),
    ]
    for (key, subject, kind, name) in cases {
      let (encoded, told) = try Self.certificate(key, subject, in: folder)
      let text = try #require(CertificateText(encoded))
      #expect(String(decoding: text.subject.line, as: UTF8.self) == told)
      #expect(text.issuer.line == text.subject.line)
      #expect(text.subject.commonName.map { String(decoding: $0, as: UTF8.self) } == name)
      #expect(text.key == kind, "\(subject)")
      // Its whole length is in its head.
      for count in encoded.indices { #expect(CertificateText(Array(encoded[..<count])) == nil) }
    }
  }

  @Test("damaged certificates are no crash")
  func damaged() throws {
    let (encoded, _) = try Self.certificate(["-newkey", "rsa:1024"], "/1.2.3=x/CN=c", in: TemporaryFolder())
    var generator = SeededGenerator(seed: 509)
    for _ in 0..<4000 {
      var bytes = encoded
      for _ in 0...Int.random(in: 0..<6, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      _ = CertificateText(bytes)?.key
      let count = Int.random(in: 0..<64, using: &generator)
      let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      _ = (CertificateText([0x30, UInt8(noise.count)] + noise)?.key, DistinguishedName(noise[...]))
    }
  }

  @Test("digests: published answers, and OpenSSL's for every length about a block")
  func digests() throws {
    let known: [(Digest, String)] = [
      (.md5, "90:01:50:98:3C:D2:4F:B0:D6:96:3F:7D:28:E1:7F:72"),
      (.sha1, "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D"),
      (
        .sha256,
        "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD"
      ),
    ]
    for (digest, text) in known { #expect(digest.text(of: Array("abc".utf8)) == Array(text.utf8)) }
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 180)
    let inputs = (0..<132).map { count in (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) } }
    let paths = try inputs.enumerated().map { try folder.write("input\($0.offset)", $0.element) }
    for digest in Digest.allCases {
      let told = try run(openssl, ["dgst", "-c", "-\(digest.rawValue)"] + paths).text.split(separator: "\n")
      #expect(told.count == inputs.count)
      for (input, line) in zip(inputs, told) {
        #expect(line.uppercased().hasSuffix("= " + String(decoding: digest.text(of: input), as: UTF8.self)), "\(line)")
      }
    }
  }
}
