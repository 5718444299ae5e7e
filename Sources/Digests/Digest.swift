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
    var padded = bytes + [0x80]
    padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
    let length = UInt64(bytes.count) * 8
    let count = (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
    padded += self == .md5 ? count : count.reversed()
    var state = initial
    for start in stride(from: 0, to: padded.count, by: 64) {
      let block = padded[start..<(start + 64)]
      let words = stride(from: start, to: start + 64, by: 4).map { index in
        let four = self == .md5 ? Array(block[index..<(index + 4)].reversed()) : Array(block[index..<(index + 4)])
        return four.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      }
      switch self {
      case .md5: Self.md5(&state, words)
      case .sha1: Self.sha1(&state, words)
      case .sha256: Self.sha256(&state, words)
      }
    }
    return state.flatMap { word in
      let four = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
      return self == .md5 ? four.reversed() : four
    }
  }

  private var initial: [UInt32] {
    let start: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
    switch self {
    case .md5: return start
    case .sha1: return start + [0xC3D2_E1F0]
    case .sha256: return Self.primes.prefix(8).map { Self.fraction($0, root: 2) }
    }
  }

  // MARK: MD5

  private static let sines: [UInt32] = (1...64).map { UInt32(abs(sin(Double($0))) * 4_294_967_296) }
  private static let shifts: [[UInt32]] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]

  private static func md5(_ state: inout [UInt32], _ words: [UInt32]) {
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
    for (index, value) in [a, b, c, d].enumerated() { state[index] &+= value }
  }

  // MARK: SHA

  private static func sha1(_ state: inout [UInt32], _ words: [UInt32]) {
    var schedule = words
    for step in 16..<80 {
      schedule.append(
        rotated(schedule[step - 3] ^ schedule[step - 8] ^ schedule[step - 14] ^ schedule[step - 16], left: 1))
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
    for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
  }

  private static let primes: [Int] = (2...311).filter { number in
    !(2..<number).contains { number % $0 == 0 }
  }
  private static let cubes: [UInt32] = primes.prefix(64).map { fraction($0, root: 3) }

  private static func sha256(_ state: inout [UInt32], _ words: [UInt32]) {
    var schedule = words
    for step in 16..<64 {
      let (x, y) = (schedule[step - 15], schedule[step - 2])
      let first = rotated(x, left: 25) ^ rotated(x, left: 14) ^ (x >> 3)
      let second = rotated(y, left: 15) ^ rotated(y, left: 13) ^ (y >> 10)
      schedule.append(schedule[step - 16] &+ first &+ schedule[step - 7] &+ second)
    }
    var v = state
    for step in 0..<64 {
      let high = rotated(v[4], left: 26) ^ rotated(v[4], left: 21) ^ rotated(v[4], left: 7)
      let low = rotated(v[0], left: 30) ^ rotated(v[0], left: 19) ^ rotated(v[0], left: 10)
      let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
      let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
      let first = v[7] &+ high &+ choice &+ cubes[step] &+ schedule[step]
      v = [first &+ low &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
    }
    for index in v.indices { state[index] &+= v[index] }
  }

  private static func rotated(_ word: UInt32, left count: UInt32) -> UInt32 { word << count | word >> (32 - count) }

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
