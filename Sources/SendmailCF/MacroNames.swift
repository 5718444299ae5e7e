// MacroNames.swift: the names of cf macros and classes as small numbers.
//
// A one-character name is its own number, a longer one (`{daemon_port}`) gets
// the next free one above 256. Macros and classes share the numbers, as in
// sendmail, whose 96 numbers for long names are a limit that a real .cf meets.

/// Numbers for the names of cf macros and classes.
package struct MacroNames: Sendable {
  private var table = NameTable()

  /// How many long names there can be before a unit's argument overflows.
  static let limit = 0xE00
  static let firstLong = 0x100
  /// What sendmail has room for.
  static let longestName = 25

  package init() {}

  /// Where a name that was read ends, and its number.
  package struct Reading: Sendable {
    package var number: Int?
    /// The index behind the name.
    package var end: Int
    package var faults: [Fault] = []
  }

  /// What can be wrong with a name.
  package enum Fault: Sendable, Equatable {
    case missing
    case unclosedBrace([UInt8])
    case badCharacter(UInt8)
    /// More characters than a name may have; as many as it may.
    case tooLong([UInt8])
    case tooMany([UInt8])
  }

  /// The number of a name, assigned now if it is new.
  package mutating func number(of name: [UInt8]) -> Int? {
    if name.count == 1, let only = name.first { return Int(only) }
    if let known = known(name) { return known }
    guard !name.isEmpty, table.names.count < Self.limit else { return nil }
    return Self.firstLong + table.add(name)
  }

  /// The number of a name that was seen before.
  package func known(_ name: [UInt8]) -> Int? {
    if name.count == 1, let only = name.first { return Int(only) }
    return table.place(of: name).map { Self.firstLong + $0 }
  }

  /// The name without braces.
  package func name(_ number: Int) -> [UInt8] {
    if number < Self.firstLong { return [UInt8(truncatingIfNeeded: number)] }
    let index = number - Self.firstLong
    return table.names.indices.contains(index) ? table.names[index] : []
  }

  /// What a symbol has in the place of a name that is missing. No macro or class can
  /// be defined under it, since no line of text holds a NUL.
  package static let nameless = 0

  /// The name as it stands behind a `$`.
  package func reference(_ number: Int) -> [UInt8] {
    if number == Self.nameless { return [] }
    return number < Self.firstLong ? name(number) : [0x7B] + name(number) + [0x7D]
  }

  /// One more than the greatest number in use.
  package var count: Int { Self.firstLong + table.names.count }

  /// Reads a name: one character, whichever it is, or letters, digits and `_` in
  /// braces. Other characters in braces are reported and passed over.
  package mutating func read(_ text: ArraySlice<UInt8>) -> Reading {
    let start = text.startIndex
    guard let first = text.first, first != 0 else {
      return Reading(end: start, faults: [.missing])
    }
    guard first == 0x7B else { return Reading(number: Int(first), end: start + 1) }
    let inside = text.dropFirst().prefix { $0 != 0x7D }
    var name: [UInt8] = []
    var faults: [Fault] = []
    for byte in inside where name.count <= Self.longestName {
      if isNameByte(byte) { name.append(byte) } else { faults.append(.badCharacter(byte)) }
    }
    guard name.count <= Self.longestName else {
      return Reading(end: inside.endIndex, faults: faults + [.tooLong(name.dropLast())])
    }
    guard inside.endIndex < text.endIndex else {
      return Reading(end: inside.endIndex, faults: faults + [.unclosedBrace(name)])
    }
    let number = number(of: name)
    if number == nil { faults.append(name.isEmpty ? .missing : .tooMany(name)) }
    return Reading(number: number, end: inside.endIndex + 1, faults: faults)
  }
}

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
func isNameByte(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == 0x5F }
