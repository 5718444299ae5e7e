// LineReader.swift: lines of standard input, as sendmail cuts them.

import Posix

/// Reads lines of at most 2,047 bytes; the rest of a longer one is the next line.
struct LineReader {
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  static let longest = 2047

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// The next line without its newline, nil at the end; `beforeWaiting` runs before input is asked for.
  mutating func next(beforeWaiting: () -> Void) -> [UInt8]? {
    var line: [UInt8] = []
    while true {
      while start < end {
        let limit = min(end, start + Self.longest - line.count)
        let newline = buffer[start..<limit].firstIndex(of: 0x0A)
        line += buffer[start..<(newline ?? limit)]
        start = newline.map { $0 + 1 } ?? limit
        if newline != nil || line.count >= Self.longest { return line }
      }
      guard !isAtEnd else { return line.isEmpty ? nil : line }
      beforeWaiting()
      fill()
    }
  }

  private mutating func fill() {
    start = 0
    end = 0
    let source = descriptor
    do throws(Errno) {
      end = try buffer.withUnsafeMutableBytes { bytes in
        Result { () throws(Errno) in try readSome(source, into: bytes) }
      }.get()
    } catch { end = 0 }
    if end == 0 { isAtEnd = true }
  }
}
