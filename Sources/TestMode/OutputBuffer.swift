// OutputBuffer.swift: standard output, written in large pieces.
//
// It is flushed when the input would block, so that a person and a script both
// see an answer before they ask on, and a pipe full of addresses costs few writes.

import Glibc
import Posix
import Rulesets

/// Collects what is printed.
final class OutputBuffer {
  private var bytes: [UInt8] = []
  private let descriptor: Int32
  private static let pieceSize = 1 << 16

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    bytes.reserveCapacity(Self.pieceSize * 2)
  }

  func write(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  func write(_ text: some Sequence<UInt8>) {
    bytes.append(contentsOf: text)
  }

  func write(_ byte: UInt8) { bytes.append(byte) }

  func newline() {
    bytes.append(0x0A)
    if bytes.count >= Self.pieceSize { flush() }
  }

  /// What cannot be written is lost: nobody is there to read it.
  func flush() {
    do throws(Errno) { try writeAll(descriptor, bytes) } catch {}
    bytes.removeAll(keepingCapacity: true)
  }

  // MARK: - As sendmail shows text

  /// Text as sendmail shows it: `\t` and its like, `M-x`; other control characters are left out.
  func writeVisible(_ text: some Sequence<UInt8>) {
    for byte in text { writeVisible(byte) }
  }

  func writeVisible(_ byte: UInt8) {
    if byte >= 0x20, byte < 0x7F {
      bytes.append(byte)
      return
    }
    var rest = byte
    if byte >= 0x80 {
      write("M-")
      rest = byte & 0x7F
    }
    if rest >= 0x20, rest < 0x7F {
      bytes.append(rest)
      return
    }
    switch rest {
    case 0x09: write("\\t")
    case 0x0A: write("\\n")
    case 0x0D: write("\\r")
    default: break
    }
  }

  /// A message: the eighth bit is not shown.
  func writeMessage(_ text: some Sequence<UInt8>) {
    for byte in text {
      bytes.append(byte < 0x80 ? byte : byte < 0xA0 ? 0x3F : byte & 0x7F)
    }
    newline()
  }

  /// Tokens, each behind a blank.
  func writeTokens(_ tokens: UnsafeBufferPointer<TokenID>, _ engine: RulesetEngine) {
    for token in tokens {
      bytes.append(0x20)
      let text = engine.bytes(token)
      if text.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
        bytes.append(contentsOf: text)
      } else {
        writeVisible(text)
      }
    }
    newline()
  }
}
