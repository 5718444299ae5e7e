// OutputBuffer.swift: standard output, written in large pieces.
//
// It is flushed when the input would block, so that a person and a script both
// see an answer before they ask on, and a pipe full of addresses costs few writes.

import Glibc
import Posix
import Rulesets

/// Collects what is printed.
final class OutputBuffer {
  private var bytes: UnsafeMutablePointer<UInt8>
  private var capacity = 1 << 18
  private var count = 0
  private let descriptor: Int32
  private static let pieceSize = 1 << 16

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    bytes = .allocate(capacity: capacity)
  }

  deinit { bytes.deallocate() }

  func write(_ text: StaticString) { write(text.utf8Start, text.utf8CodeUnitCount) }

  func write(_ text: String) { write(text.utf8) }

  func write(_ text: some Sequence<UInt8>) {
    let isContiguous: Void? = text.withContiguousStorageIfAvailable { buffer in
      if let base = buffer.baseAddress { write(base, buffer.count) }
    }
    if isContiguous == nil { for byte in text { write(byte) } }
  }

  @inline(__always)
  func write(_ byte: UInt8) {
    reserve(1)
    bytes[count] = byte
    count += 1
  }

  @inline(__always)
  func write(_ start: UnsafePointer<UInt8>, _ length: Int) {
    reserve(length)
    (bytes + count).update(from: start, count: length)
    count += length
  }

  @inline(__always)
  private func reserve(_ length: Int) {
    if count + length > capacity { grow(length) }
  }

  private func grow(_ length: Int) {
    let size = (capacity + length) * 2
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    larger.moveInitialize(from: bytes, count: count)
    bytes.deallocate()
    bytes = larger
    capacity = size
  }

  func newline() {
    write(0x0A as UInt8)
    if count >= Self.pieceSize { flush() }
  }

  /// What cannot be written is lost: nobody is there to read it.
  func flush() {
    do throws(Errno) {
      try writeAll(descriptor, UnsafeRawBufferPointer(start: bytes, count: count))
    } catch {}
    count = 0
  }

  // MARK: - As sendmail shows text

  /// Text as sendmail shows it: `\t` and its like, `M-x`; other control characters are left out.
  func writeVisible(_ text: some Sequence<UInt8>) {
    for byte in text { writeVisible(byte) }
  }

  func writeVisible(_ byte: UInt8) {
    if byte >= 0x20, byte < 0x7F {
      write(byte)
      return
    }
    if let symbol = Self.symbols[byte] {
      write(symbol)
      return
    }
    var rest = byte
    if byte >= 0x80 {
      write("M-")
      rest = byte & 0x7F
    }
    if rest >= 0x20, rest < 0x7F {
      write(rest)
      return
    }
    switch rest {
    case 0x09: write("\\t")
    case 0x0A: write("\\n")
    case 0x0D: write("\\r")
    default: break
    }
  }

  /// The bytes that are symbols of rules inside sendmail. In a map's value they are text, and
  /// shown as symbols all the same.
  private static let symbols: [UInt8: String] = [
    0x81: "$", 0x82: "$&", 0x85: "$(", 0x86: "$)", 0x90: "$*", 0x91: "$+", 0x92: "$-", 0x93: "$=", 0x94: "$~",
    0x95: "$", 0x96: "$#", 0x97: "$@", 0x98: "$:", 0x99: "$>", 0x9A: "$?", 0x9B: "$|", 0x9C: "$.", 0x9D: "$[",
    0x9E: "$]", 0xFF: "",
  ]

  /// A message: the eighth bit is not shown.
  func writeMessage(_ text: some Sequence<UInt8>) {
    for byte in text {
      write(byte < 0x80 ? byte : byte < 0xA0 ? 0x3F : byte & 0x7F)
    }
    newline()
  }

  /// Tokens, each behind a blank.
  func writeTokens(_ tokens: UnsafeBufferPointer<TokenID>, _ engine: RulesetEngine) {
    for token in tokens {
      write(0x20 as UInt8)
      let text = engine.bytes(token)
      if engine.isPlain(token), let start = text.baseAddress {
        write(start, text.count)
      } else {
        writeVisible(text)
      }
    }
    newline()
  }
}
