// NumberedMessages.swift: messages that can be told apart, and what of them is in mailboxes.
//
// What a message says follows from its number, so that a copy is known to be whole. A
// mailbox is read as strict readers do: a message begins at the start of the file or
// behind an empty line.

import Foundation
import TestSupport

enum NumberedMessage {
  /// As a client sends it, without the dot.
  static func text(_ number: Int) -> [UInt8] {
    Array("X-Test: \(number)\r\nSubject: number \(number)\r\n\r\n".utf8)
      + lines(number).flatMap { Array($0.utf8) + [0x0D, 0x0A] }
  }

  /// Its body in a mailbox.
  static func body(_ number: Int) -> [UInt8] { Array((lines(number).joined(separator: "\n") + "\n").utf8) }

  /// Some are so long that the queue writes them in pieces.
  private static func lines(_ number: Int) -> [String] {
    let count = number % 211 == 0 ? 4000 : 3 + number % 29
    return (0..<count).map { "line \($0) of \(count) in message \(number) " + String(repeating: "x", count: 40) }
  }
}

/// A mailbox that grows, read further and further.
final class GrowingMailbox {
  private let path: String
  private var offset = 0
  /// How many whole copies of each message there are.
  private(set) var copies: [Int: Int] = [:]
  /// Copies that end early: their writer was killed.
  private(set) var torn = 0

  init(_ path: String) { self.path = path }

  /// Takes in what came since the last time.
  func read() throws {
    guard let file = FileHandle(forReadingAtPath: path) else { return }
    defer { try? file.close() }
    try file.seek(toOffset: UInt64(offset))
    let bytes = [UInt8](try file.readToEnd() ?? Data())
    var start = 0
    for next in Self.starts(bytes).dropFirst() {
      take(bytes[start..<next], isLast: false)
      start = next
    }
    // The last one may be on its way.
    if start < bytes.count, take(bytes[start...], isLast: true) { start = bytes.count }
    offset += start
  }

  private static func starts(_ bytes: [UInt8]) -> [Int] {
    let from = Array("From ".utf8)
    var starts = [0]
    bytes.withUnsafeBufferPointer { bytes in
      for index in bytes.indices.dropFirst(2) where bytes[index] == from[0] && bytes[index - 1] == 0x0A {
        if bytes[index - 2] == 0x0A, bytes[index...].starts(with: from) { starts.append(index) }
      }
    }
    return starts
  }

  @discardableResult
  private func take(_ message: ArraySlice<UInt8>, isLast: Bool) -> Bool {
    if let number = Self.wholeMessage(message) {
      copies[number, default: 0] += 1
      return true
    }
    if !isLast { torn += 1 }
    return false
  }

  /// Its number, where all of it is there.
  private static func wholeMessage(_ message: ArraySlice<UInt8>) -> Int? {
    // Megabytes are looked at in the end, by what is not optimized: glibc finds and compares.
    guard let end = message.withUnsafeBytes(endOfHeader) else { return nil }
    let header = String(decoding: message.prefix(end), as: UTF8.self).split(separator: "\n")
    guard let field = header.first(where: { $0.hasPrefix("X-Test: ") }), let number = Int(field.dropFirst(8)) else {
      return nil
    }
    let (body, expected) = (message.dropFirst(end + 2), NumberedMessage.body(number) + [0x0A])
    let isSame = body.withUnsafeBytes { body in
      expected.withUnsafeBytes { expected in
        guard let one = body.baseAddress, let other = expected.baseAddress else { return false }
        return body.count == expected.count && memcmp(one, other, expected.count) == 0
      }
    }
    return isSame ? number : nil
  }

  private static func endOfHeader(_ message: UnsafeRawBufferPointer) -> Int? {
    guard var place = message.baseAddress else { return nil }
    let start = place
    let end = place + message.count
    while let newline = memchr(place, 0x0A, end - place) {
      place = UnsafeRawPointer(newline) + 1
      if place < end, place.load(as: UInt8.self) == 0x0A { return place - start - 1 }
    }
    return nil
  }
}
