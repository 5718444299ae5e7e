// Support.swift: what several suites look at.

import Delivery
import Foundation
import MailAddress
import TestSupport

/// The class of a failure and its text; nil where there was none.
func failure(_ body: () throws -> Void) -> DeliveryFailure? {
  do {
    try body()
    return nil
  } catch { return error as? DeliveryFailure }
}

func bytes(_ text: String) -> Bytes { Array(text.utf8) }

func contents(_ path: String) -> String {
  (try? Data(contentsOf: URL(fileURLWithPath: path))).map { String(decoding: $0, as: UTF8.self) } ?? "(no file)"
}

func status(_ path: String) -> stat {
  var result = stat()
  lstat(path, &result)
  return result
}

/// A policy that does not wait.
var impatient: LockPolicy {
  var policy = LockPolicy()
  policy.waitSeconds = 0.05
  return policy
}

/// Texts made of what parsers stumble over.
struct Noise {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func text(of pieces: [String], most: Int) -> Bytes {
    (0..<Int.random(in: 0...most, using: &generator)).flatMap { _ -> Bytes in
      // One byte in twenty is any byte at all.
      Int.random(in: 0..<20, using: &generator) == 0
        ? [UInt8.random(in: 0...255, using: &generator)]
        : bytes(pieces.randomElement(using: &generator) ?? "")
    }
  }
}
