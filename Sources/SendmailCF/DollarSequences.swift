// DollarSequences.swift: `$` sequences to units, and where a comment begins.
//
//     $$      a dollar sign            $x ${name}   a cf macro
//     $1..$9  a replacement            $&x          a cf macro, at run time
//     $* $+ … a symbol                 $=x $~x      a class
//     $?x     a condition              #            a comment to the line's end,
//                                                   unless after $ or \
//
// Fails: a bad name is reported. What follows a name that is missing is lost, as it
// is to sendmail, whose text ends there.

extension MacroNames {
  /// A line as units.
  package struct Translation: Sendable {
    package var units: [CFUnit]
    package var faults: [Fault]
    /// Whether there is anything to be replaced when the line is read: `$x` or `$?x`.
    package var hasMacros: Bool
  }

  /// Reads the `$` sequences of a line of the .cf, or of a value typed in test mode.
  package mutating func translate(_ text: ArraySlice<UInt8>, comments: Bool) -> Translation {
    var faults: [Fault] = []
    var hasMacros = false
    // There are never more units than bytes.
    let units = withUnsafeTemporaryAllocation(of: CFUnit.self, capacity: text.count) { memory in
      var units = UnitBuffer(memory: memory)
      translate(text, comments: comments, into: &units, &faults)
      hasMacros = units.hasMacros
      return Array(UnsafeBufferPointer(start: memory.baseAddress, count: units.count))
    }
    return Translation(units: units, faults: faults, hasMacros: hasMacros)
  }

  /// The same for a whole text.
  package mutating func translate(_ text: [UInt8], comments: Bool) -> Translation {
    translate(text[...], comments: comments)
  }

  private mutating func translate(
    _ bytes: ArraySlice<UInt8>, comments: Bool, into units: inout UnitBuffer, _ faults: inout [Fault]
  ) {
    var index = bytes.startIndex
    while true {
      // Most bytes stand for themselves.
      index = units.append(bytes, from: index)
      guard index < bytes.endIndex else { return }
      if bytes[index] == 0x24, index + 1 < bytes.endIndex {
        index = dollar(bytes, at: index + 1, &units, &faults)
        continue
      }
      let isEscaped = units.last == CFUnit(0x5C)
      if bytes[index] == 0x23, comments, index > bytes.startIndex {
        guard isEscaped else { break }
        units.removeLast()
      }
      units.append(CFUnit(bytes[index]))
      index += 1
    }
    while let last = units.last, last.isSpace { units.removeLast() }
  }

  /// Reads what follows a `$`; returns the index behind it.
  private mutating func dollar(
    _ bytes: ArraySlice<UInt8>, at index: Int, _ units: inout UnitBuffer, _ faults: inout [Fault]
  ) -> Int {
    let byte = bytes[index]
    switch byte {
    case 0x24:  // $$ is a dollar sign
      units.append(CFUnit(byte))
      return index + 1
    case 0x30...0x39:
      units.append(CFUnit(.replacement, Int(byte)))
      return index + 1
    case 0x26: return named(.lateMacro, bytes, at: index + 1, &units, &faults)
    case 0x3D: return named(.inClass, bytes, at: index + 1, &units, &faults)
    case 0x7E: return named(.notInClass, bytes, at: index + 1, &units, &faults)
    case 0x3F: return named(.condition, bytes, at: index + 1, &units, &faults)
    default: break
    }
    if let symbol = CFUnit.Symbol(rawValue: byte) {
      units.append(CFUnit(symbol))
      return index + 1
    }
    return named(.macro, bytes, at: index, &units, &faults)
  }

  private mutating func named(
    _ kind: CFUnit.Kind, _ bytes: ArraySlice<UInt8>, at index: Int, _ units: inout UnitBuffer,
    _ faults: inout [Fault]
  ) -> Int {
    if index < bytes.endIndex, bytes[index] == 0x09 {
      // The tab between the columns of a rule is no name.
      units.append(CFUnit(kind, Self.nameless))
      return index
    }
    let reading = read(bytes[index...])
    faults += reading.faults
    units.append(CFUnit(kind, reading.number ?? Self.nameless))
    return reading.number == nil ? bytes.endIndex : reading.end
  }
}

/// Room for the units of a line: there are never more of them than bytes.
private struct UnitBuffer {
  let memory: UnsafeMutableBufferPointer<CFUnit>
  private(set) var count = 0
  private(set) var hasMacros = false

  init(memory: UnsafeMutableBufferPointer<CFUnit>) { self.memory = memory }

  mutating func append(_ unit: CFUnit) {
    precondition(count < memory.count, "more units than bytes")
    memory.initializeElement(at: count, to: unit)
    count += 1
    if unit.isExpanded { hasMacros = true }
  }

  /// Appends bytes as they are, up to the next `$` or `#`.
  ///
  /// - Returns: the index of that.
  mutating func append(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int {
    bytes.withUnsafeBufferPointer { text in
      let first = start - bytes.startIndex
      precondition(text.count - first <= memory.count - count, "more units than bytes")
      var index = first
      while index < text.count, text[index] != 0x24, text[index] != 0x23 {
        memory.initializeElement(at: count + index - first, to: CFUnit(text[index]))
        index += 1
      }
      count += index - first
      return bytes.startIndex + index
    }
  }

  var last: CFUnit? { count > 0 ? memory[count - 1] : nil }

  mutating func removeLast() { count -= 1 }
}
