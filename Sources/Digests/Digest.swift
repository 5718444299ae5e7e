// Digest.swift: fingerprints of certificates and files (RFC 1321, FIPS 180-4).
//
// MD5 and SHA-1 identify a certificate that somebody has chosen to name so; nothing else rests on them. NIOSSL
// gives none of them to others, and another library of cryptography would take longer to build than all the rest.

import Glibc

/// A hash over blocks of 64 bytes with words of 32 bits.
package enum Digest: String, CaseIterable {
  case md5, sha1, sha256

  /// `7F:6E:95:…`
  package func text(of bytes: [UInt8]) -> [UInt8] {
    Array(hash(bytes).map(\.hexadecimal).joined(separator: ":").utf8)
  }

  /// `7f6e95…`, as sha256sum(1) and its like print it.
  package func sum(of bytes: [UInt8]) -> String { hash(bytes).map { $0.hexadecimal.lowercased() }.joined() }

  package func hash(_ bytes: [UInt8]) -> [UInt8] {
    var state = initial
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.longestSchedule) { schedule in
      schedule.initialize(repeating: 0)
      bytes.withUnsafeBytes { text in
        let whole = text.count / Self.blockSize * Self.blockSize
        mix(UnsafeRawBufferPointer(rebasing: text[..<whole]), into: &state, schedule)
        let rest = padded(text[whole...], ofAll: text.count)
        rest.withUnsafeBytes { mix($0, into: &state, schedule) }
      }
    }
    return (0..<words).flatMap { index in
      let shifts = self == .md5 ? [0, 8, 16, 24] : [24, 16, 8, 0]
      return shifts.map { UInt8(truncatingIfNeeded: state[index] >> $0) }
    }
  }

  private static let blockSize = 64
  private static let longestSchedule = 80

  /// The end of a text with the mark, the zeros and the length in bits that make whole blocks of it.
  private func padded(_ end: Slice<UnsafeRawBufferPointer>, ofAll count: Int) -> [UInt8] {
    let block = Self.blockSize
    let zeros = (2 * block - 9 - end.count) % block
    let length = (0..<8).map { UInt8(truncatingIfNeeded: (UInt64(count) * 8) >> ($0 * 8)) }
    return Array(end) + [0x80] + [UInt8](repeating: 0, count: zeros) + (self == .md5 ? length : length.reversed())
  }

  /// Mixes whole blocks into the state.
  private func mix(
    _ blocks: UnsafeRawBufferPointer, into state: inout State, _ schedule: UnsafeMutableBufferPointer<UInt32>
  ) {
    for start in stride(from: 0, to: blocks.count, by: Self.blockSize) {
      for index in 0..<16 {
        let word = blocks.loadUnaligned(fromByteOffset: start + index * 4, as: UInt32.self)
        schedule[index] = self == .md5 ? UInt32(littleEndian: word) : UInt32(bigEndian: word)
      }
      switch self {
      case .md5: Self.md5(&state, schedule)
      case .sha1: Self.sha1(&state, schedule)
      case .sha256: Self.sha256(&state, schedule)
      }
    }
  }

  /// The words that a hash is made of, of which it needs the first ones.
  private typealias State = SIMD8<UInt32>

  private var words: Int {
    switch self {
    case .md5: 4
    case .sha1: 5
    case .sha256: 8
    }
  }

  private var initial: State {
    guard self != .sha256 else { return State(Self.primes.prefix(8).map { Self.fraction($0, root: 2) }) }
    return State(0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0, 0, 0, 0)
  }

  // MARK: MD5

  private static let sines: [UInt32] = (1...64).map { UInt32(abs(sin(Double($0))) * 4_294_967_296) }
  private static let shifts: [[UInt32]] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]

  private static func md5(_ state: inout State, _ words: UnsafeMutableBufferPointer<UInt32>) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    for step in 0..<64 {
      let mixed: (UInt32, Int) =
        switch step / 16 {
        case 0: ((b & c) | (~b & d), step)
        case 1: ((d & b) | (~d & c), (5 * step + 1) % 16)
        case 2: (b ^ c ^ d, (3 * step + 5) % 16)
        default: (c ^ (b | ~d), (7 * step) % 16)
        }
      let sum = a &+ mixed.0 &+ sines[step] &+ words[mixed.1]
      (a, d, c, b) = (d, c, b, b &+ rotated(sum, left: shifts[step / 16][step % 4]))
    }
    state &+= State(a, b, c, d, 0, 0, 0, 0)
  }

  // MARK: SHA

  private static func sha1(_ state: inout State, _ schedule: UnsafeMutableBufferPointer<UInt32>) {
    for step in 16..<80 {
      schedule[step] = rotated(
        schedule[step - 3] ^ schedule[step - 8] ^ schedule[step - 14] ^ schedule[step - 16], left: 1)
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for step in 0..<80 {
      let mixed: (UInt32, UInt32) =
        switch step / 20 {
        case 0: ((b & c) | (~b & d), 0x5A82_7999)
        case 1: (b ^ c ^ d, 0x6ED9_EBA1)
        case 2: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      let next = rotated(a, left: 5) &+ mixed.0 &+ e &+ mixed.1 &+ schedule[step]
      (e, d, c, b, a) = (d, c, rotated(b, left: 30), a, next)
    }
    state &+= State(a, b, c, d, e, 0, 0, 0)
  }

  private static let primes: [Int] = (2...311).filter { number in
    !(2..<number).prefix { $0 * $0 <= number }.contains { number % $0 == 0 }
  }
  private static let cubes: [UInt32] = primes.prefix(64).map { fraction($0, root: 3) }

  private static func sha256(_ state: inout State, _ schedule: UnsafeMutableBufferPointer<UInt32>) {
    for step in 16..<64 {
      let (x, y) = (schedule[step - 15], schedule[step - 2])
      let first = rotated(x, left: 25) ^ rotated(x, left: 14) ^ (x >> 3)
      let second = rotated(y, left: 15) ^ rotated(y, left: 13) ^ (y >> 10)
      schedule[step] = schedule[step - 16] &+ first &+ schedule[step - 7] &+ second
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    func round(
      _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
      _ h: inout UInt32, _ step: Int
    ) {
      let high = rotated(e, left: 26) ^ rotated(e, left: 21) ^ rotated(e, left: 7)
      let low = rotated(a, left: 30) ^ rotated(a, left: 19) ^ rotated(a, left: 10)
      let first = h &+ high &+ ((e & f) ^ (~e & g)) &+ cubes[step] &+ schedule[step]
      d = d &+ first
      h = first &+ low &+ ((a & b) ^ (a & c) ^ (b & c))
    }
    // The words change their names and not their places.
    for step in stride(from: 0, to: 64, by: 8) {
      round(a, b, c, &d, e, f, g, &h, step)
      round(h, a, b, &c, d, e, f, &g, step + 1)
      round(g, h, a, &b, c, d, e, &f, step + 2)
      round(f, g, h, &a, b, c, d, &e, step + 3)
      round(e, f, g, &h, a, b, c, &d, step + 4)
      round(d, e, f, &g, h, a, b, &c, step + 5)
      round(c, d, e, &f, g, h, a, &b, step + 6)
      round(b, c, d, &e, f, g, h, &a, step + 7)
    }
    state &+= State(a, b, c, d, e, f, g, h)
  }

  @inline(__always)
  private static func rotated(_ word: UInt32, left count: UInt32) -> UInt32 { word &<< count | word &>> (32 - count) }

  /// The first 32 bits behind the point of a root of a prime, by trial of each bit.
  private static func fraction(_ prime: Int, root: Int) -> UInt32 {
    var value: UInt64 = 0
    for bit in stride(from: 35, through: 0, by: -1) {
      let trial = value | 1 << UInt64(bit)
      if isAtMost(trial, root: root, prime) { value = trial }
    }
    return UInt32(truncatingIfNeeded: value)
  }

  /// Whether `(value / 2^32) ^ root` is at most the prime.
  private static func isAtMost(_ value: UInt64, root: Int, _ prime: Int) -> Bool {
    let square = value.multipliedFullWidth(by: value)
    let limit = UInt64(prime)
    // 2^64 parts: the whole of the square is its high half.
    if root == 2 { return square.high < limit || (square.high == limit && square.low == 0) }
    let low = square.low.multipliedFullWidth(by: value)
    let high = square.high.multipliedFullWidth(by: value)
    let (middle, carry) = high.low.addingReportingOverflow(low.high)
    let top = high.high + (carry ? 1 : 0)
    // 2^96 parts.
    let whole = top << 32 | middle >> 32
    return whole < limit || (whole == limit && middle << 32 == 0 && low.low == 0)
  }
}

extension UInt8 {
  fileprivate var hexadecimal: String {
    let text = String(self, radix: 16, uppercase: true)
    return text.count == 1 ? "0" + text : text
  }
}
