// The hellos of a TLS handshake, whole, cut off and damaged.

import MTA
import TestSupport
import Testing

@Suite("Hellos of TLS")
struct HandshakeWatchTests {
  /// The ServerHello of RFC 8448, section 3: TLS 1.3, TLS_AES_128_GCM_SHA256, X25519.
  private static let hello: [UInt8] =
    [
      0x02, 0x00, 0x00, 0x56, 0x03, 0x03, 0xA6, 0xAF, 0x06, 0xA4, 0x12, 0x18, 0x60, 0xDC, 0x5E, 0x6E, 0x60, 0x24, 0x9C,
      0xD3, 0x4C, 0x95, 0x93, 0x0C, 0x8A, 0xC5, 0xCB, 0x14, 0x34, 0xDA, 0xC1, 0x55, 0x77, 0x2E, 0xD3, 0xE2, 0x69, 0x28,
      0x00, 0x13, 0x01, 0x00, 0x00, 0x2E, 0x00, 0x33, 0x00, 0x24, 0x00, 0x1D, 0x00, 0x20, 0xC9, 0x82, 0x88, 0x76, 0x11,
      0x20, 0x95, 0xFE, 0x66, 0x76, 0x2B, 0xDB, 0xF7, 0xC6, 0x72, 0xE1, 0x56, 0xD6, 0xCC, 0x25, 0x3B, 0x83, 0x3D, 0xF1,
      0xDD, 0x69, 0xB1, 0xB0, 0x4E, 0x75, 0x1F, 0x0F, 0x00, 0x2B, 0x00, 0x02, 0x03, 0x04,
    ]
  /// A ClientHello with one suite and three ways to sign.
  private static let clientHello: [UInt8] =
    [0x01, 0, 0, 0x37, 0x03, 0x03] + [UInt8](repeating: 7, count: 32)
    + [0, 0, 2, 0x13, 0x01, 1, 0, 0, 12, 0, 13, 0, 8, 0, 6, 0x08, 0x04, 0x04, 0x03, 0x02, 0x01]

  private static func records(_ message: [UInt8], of size: Int) -> [UInt8] {
    stride(from: 0, to: message.count, by: size).flatMap { start -> [UInt8] in
      let part = message[start..<min(start + size, message.count)]
      return [22, 3, 3, UInt8(part.count >> 8), UInt8(part.count & 0xFF)] + part
    }
  }

  @Test("a hello is read from records of any size, however they come")
  func pieces() {
    for size in [1, 3, 40, 200] {
      for step in [1, 7, 1000] {
        let bytes = Self.records(Self.hello, of: size)
        var reader = HandshakeReader()
        for start in stride(from: 0, to: bytes.count, by: step) {
          reader.feed(bytes[start..<min(start + step, bytes.count)])
        }
        #expect(reader.message.map(Array.init) == Self.hello && !reader.isReading)
      }
    }
    let hello = ServerHello(Self.hello[...])
    #expect(hello?.version == 0x0304 && hello?.cipher == 0x1301 && hello?.group == 0x1D)
    #expect(ClientHello(Self.clientHello[...])?.signatures == [0x0804, 0x0403, 0x0201])
  }

  @Test("a hello that is cut off says nothing")
  func truncated() {
    // Without extensions it is one of TLS 1.2.
    let plain = 4 + 2 + 32 + 1 + 2 + 1
    for count in Self.hello.indices {
      let hello = ServerHello(Self.hello[..<count])
      #expect((hello == nil) == (count != plain), "\(count)")
    }
    #expect(ServerHello(Self.hello[..<plain])?.version == 0x0303)
    for count in Self.clientHello.indices where ClientHello(Self.clientHello[..<count]) != nil {
      #expect(count == 4 + 2 + 32 + 1 + 4 + 2, "\(count)")
    }
    var reader = HandshakeReader()
    reader.feed(Self.records(Self.hello, of: 200).dropLast())
    #expect(reader.message == nil && reader.isReading)
  }

  @Test("what is no handshake, or never ends, is read no further")
  func strange() {
    for bytes in [Array("EHLO x\r\n".utf8), [22, 3, 3, 0, 0], [23, 3, 3, 0, 1, 0]] {
      var reader = HandshakeReader()
      reader.feed(bytes)
      #expect(reader.message == nil && !reader.isReading, "\(bytes)")
    }
    var reader = HandshakeReader()
    let record = [22, 3, 3, 0x40, 0] + [UInt8](repeating: 0xFF, count: 0x4000)
    for _ in 0..<8 { reader.feed(record) }
    #expect(reader.message == nil && !reader.isReading)
  }

  @Test("damaged hellos are no crash")
  func damaged() {
    var generator = SeededGenerator(seed: 22)
    for _ in 0..<4000 {
      var bytes = Bool.random(using: &generator) ? Self.hello : Self.clientHello
      for _ in 0...Int.random(in: 0..<4, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      _ = (ServerHello(bytes[...]), ClientHello(bytes[...]))
      var records = Self.records(bytes, of: 50)
      records[Int.random(in: records.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      var reader = HandshakeReader()
      reader.feed(records)
      if let message = reader.message { #expect(message.count >= 4) }
    }
  }
}
