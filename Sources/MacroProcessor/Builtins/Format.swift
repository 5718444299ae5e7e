// Format.swift: format, a printf whose arguments are texts.
//
// Each conversion is taken from the template, checked, and given with one value
// to the C library's snprintf: what reaches it is put together here, never the
// user's own text.

import CShims
import Glibc

extension Processor {
  mutating func format(_ call: Invocation) throws(Stop) {
    let template = argument(1, of: call)
    var next = 2
    var index = 0
    while index < template.count {
      let byte = template[index]
      index += 1
      guard byte == UInt8(ascii: "%") else {
        arena.append(byte)
        continue
      }
      if index < template.count, template[index] == UInt8(ascii: "%") {
        arena.append(byte)
        index += 1
        continue
      }
      guard let conversion = try conversion(in: template, from: &index, call, &next) else {
        try warn("Warning: unrecognized specifier in `\(template)'")
        continue
      }
      try charge(Int(conversion.width.magnitude) + Int(max(conversion.precision, 0)))
      // The C library refuses what no int can count.
      if conversion.isCountable {
        try append(conversion, argument(next, of: call), isPresent: next <= call.count)
      }
      next += 1
    }
    pushBuiltText()
  }

  /// One `%…` of a template.
  private struct Conversion {
    var flags: [UInt8] = []
    var width: Int32 = 0
    /// Negative, it counts as not given, except that there is none for `%c`.
    var precision: Int32 = -1
    var hasPrecision = false
    var isShort = 0
    var isLong = false
    var letter: UInt8 = 0

    /// Whether an int can count what the C library would write.
    var isCountable: Bool { width < .max && (precision < .max || letter == UInt8(ascii: "s")) }

    /// Whether the letter goes with the flags, precision and size.
    var isAllowed: Bool {
      var letters = Array("diouxXcsaAeEfFgG".utf8)
      func forbid(_ text: String) { letters.removeAll { text.utf8.contains($0) } }
      for flag in flags {
        switch flag {
        case UInt8(ascii: "'"): forbid("oxXcsaAeE")
        case UInt8(ascii: "+"), UInt8(ascii: " "): forbid("ouxXcs")
        case UInt8(ascii: "#"): forbid("diucs")
        case UInt8(ascii: "0"): forbid("cs")
        default: break
        }
      }
      if hasPrecision { forbid("c") }
      if isLong { forbid("cs") }
      if isShort > 0 { forbid("csaAeEfFgG") }
      return letters.contains(letter)
    }
  }

  private mutating func conversion(
    in template: Bytes, from index: inout Int, _ call: Invocation, _ next: inout Int
  ) throws(Stop) -> Conversion? {
    var result = Conversion()
    while index < template.count, Array("-+ 0#'".utf8).contains(template[index]) {
      if !result.flags.contains(template[index]) { result.flags.append(template[index]) }
      index += 1
    }
    result.width = try count(in: template, from: &index, call, &next) ?? 0
    if result.width < 0 {
      if !result.flags.contains(UInt8(ascii: "-")) { result.flags.append(UInt8(ascii: "-")) }
      result.width = result.width == .min ? .max : -result.width
    }
    if index < template.count, template[index] == UInt8(ascii: ".") {
      index += 1
      result.hasPrecision = true
      result.precision = try count(in: template, from: &index, call, &next) ?? 0
    }
    if index < template.count, template[index] == UInt8(ascii: "l") {
      result.isLong = true
      index += 1
    } else {
      while index < template.count, template[index] == UInt8(ascii: "h"), result.isShort < 2 {
        result.isShort += 1
        index += 1
      }
    }
    guard index < template.count else { return nil }
    result.letter = template[index]
    index += 1
    return result.isAllowed ? result : nil
  }

  /// A width or precision, in digits or from an argument for `*`; what an int cannot hold wraps.
  private mutating func count(
    in template: Bytes, from index: inout Int, _ call: Invocation, _ next: inout Int
  ) throws(Stop) -> Int32? {
    if index < template.count, template[index] == UInt8(ascii: "*") {
      index += 1
      defer { next += 1 }
      return Int32(
        truncatingIfNeeded: try integer(argument(next, of: call), isPresent: next <= call.count))
    }
    var value: Int32?
    while index < template.count, Self.isDigit(template[index]) {
      let digit = Int32(template[index] - UInt8(ascii: "0"))
      value = (value ?? 0) &* 10 &+ digit
      index += 1
    }
    return value
  }

  private mutating func append(
    _ conversion: Conversion, _ text: Bytes, isPresent: Bool
  ) throws(Stop) {
    switch conversion.letter {
    case UInt8(ascii: "s"): appendPadded(conversion, text)
    case UInt8(ascii: "c"):
      // A number, whose byte is shown; NUL ends the text, padding behind it included.
      let byte = UInt8(truncatingIfNeeded: try integer(text, isPresent: isPresent))
      if byte == 0 {
        let isLeft = conversion.flags.contains(UInt8(ascii: "-"))
        for _ in 0..<(isLeft ? 0 : max(Int(conversion.width) - 1, 0)) { arena.append(0x20) }
      } else {
        withUnsafePointer(to: byte) { appendPadded(conversion, Bytes(start: $0, count: 1)) }
      }
    case UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"),
      UInt8(ascii: "x"), UInt8(ascii: "X"):
      let value = try integer(text, isPresent: isPresent, isLong: conversion.isLong)
      appendNumber(conversion, .integer(value))
    default:
      appendNumber(conversion, .real(try real(text, isPresent: isPresent)))
    }
  }

  private enum Value {
    case integer(Int)
    case real(Double)
  }

  private mutating func appendPadded(_ conversion: Conversion, _ text: Bytes) {
    let shown =
      conversion.precision < 0 ? text : Bytes(rebasing: text.prefix(Int(conversion.precision)))
    let padding = max(Int(conversion.width) - shown.count, 0)
    let isLeft = conversion.flags.contains(UInt8(ascii: "-"))
    if !isLeft { for _ in 0..<padding { arena.append(0x20) } }
    arena.append(shown)
    if isLeft { for _ in 0..<padding { arena.append(0x20) } }
  }

  private mutating func appendNumber(_ conversion: Conversion, _ value: Value) {
    var specification: [UInt8] = [UInt8(ascii: "%")] + conversion.flags + Array("*.*".utf8)
    if conversion.precision < 0 { specification.removeLast(2) }
    if conversion.isShort > 0 {
      specification += Array(repeating: UInt8(ascii: "h"), count: min(conversion.isShort, 2))
    }
    if conversion.isLong, case .integer = value { specification.append(UInt8(ascii: "l")) }
    specification += [conversion.letter, 0]
    var output: UnsafeMutablePointer<CChar>?
    let length = specification.withUnsafeBytes { bytes -> Int32 in
      guard let template = bytes.assumingMemoryBound(to: CChar.self).baseAddress else { return -1 }
      let (width, precision) = (conversion.width, conversion.precision)
      return switch value {
      case .integer(let long) where conversion.isLong:
        waybill_format_long(&output, template, width, precision, long)
      case .integer(let int):
        waybill_format_int(&output, template, width, precision, Int32(truncatingIfNeeded: int))
      case .real(let real): waybill_format_double(&output, template, width, precision, real)
      }
    }
    defer { free(output) }
    guard length >= 0, let output else { return }
    output.withMemoryRebound(to: UInt8.self, capacity: Int(length)) {
      arena.append($0, Int(length))
    }
  }

  // MARK: Values of arguments

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// As strtol reads it; what is no number is said and its beginning taken.
  private mutating func integer(
    _ text: Bytes, isPresent: Bool, isLong: Bool = false
  ) throws(Stop) -> Int {
    guard isPresent, !text.isEmpty else {
      if isPresent { try warn("empty string treated as 0") }
      return 0
    }
    let copy = Array(text) + [0]
    var used = 0
    let value = copy.withUnsafeBytes { bytes -> Int in
      guard let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress else { return 0 }
      var end: UnsafeMutablePointer<CChar>?
      errno = 0
      let value = strtol(start, &end, 10)
      used = end.map { UnsafePointer($0) - start } ?? 0
      return value
    }
    let isLost = errno == ERANGE || (!isLong && Int(Int32(truncatingIfNeeded: value)) != value)
    try warnOf(text, used: used, isLost: isLost)
    return isLong ? value : Int(Int32(truncatingIfNeeded: value))
  }

  /// Of several things that are odd about a number only the first is said.
  private mutating func warnOf(_ text: Bytes, used: Int, isLost: Bool) throws(Stop) {
    if used < text.count {
      try warn("non-numeric argument \(text)")
    } else if let first = text.first, Self.isBlank(first) {
      try warn("leading whitespace ignored")
    } else if isLost {
      try warn("numeric overflow detected")
    }
  }

  private mutating func real(_ text: Bytes, isPresent: Bool) throws(Stop) -> Double {
    guard isPresent, !text.isEmpty else {
      if isPresent { try warn("empty string treated as 0") }
      return 0
    }
    let copy = Array(text) + [0]
    var used = 0
    let value = copy.withUnsafeBytes { bytes -> Double in
      guard let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress else { return 0 }
      var end: UnsafeMutablePointer<CChar>?
      errno = 0
      let value = strtod(start, &end)
      used = end.map { UnsafePointer($0) - start } ?? 0
      return value
    }
    try warnOf(text, used: used, isLost: errno == ERANGE)
    return value
  }
}
