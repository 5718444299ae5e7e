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
    var result = Translation(units: [], faults: [], hasMacros: false)
    text.withUnsafeBufferPointer { bytes in
      // There are never more units than bytes.
      withUnsafeTemporaryAllocation(of: CFUnit.self, capacity: bytes.count) { units in
        let count = translate(bytes, comments: comments, into: units, &result)
        result.units = Array(UnsafeBufferPointer(rebasing: units[..<count]))
      }
    }
    return result
  }

  /// The same for a whole text.
  package mutating func translate(_ text: [UInt8], comments: Bool) -> Translation {
    translate(text[...], comments: comments)
  }

  /// - Returns: how many units there are.
  private mutating func translate(
    _ bytes: UnsafeBufferPointer<UInt8>, comments: Bool, into units: UnsafeMutableBufferPointer<CFUnit>,
    _ result: inout Translation
  ) -> Int {
    var (index, count) = (0, 0)
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == 0x24, index < bytes.count {
        let (unit, end) = sequence(bytes, at: index, &result.faults)
        if unit.isExpanded { result.hasMacros = true }
        units[count] = unit
        count += 1
        index = end
        continue
      }
      if byte == 0x23, comments, index > 1 {
        guard count > 0, units[count - 1] == CFUnit(0x5C) else {
          while count > 0, units[count - 1].isSpace { count -= 1 }
          return count
        }
        count -= 1
      }
      units[count] = CFUnit(byte)
      count += 1
    }
    return count
  }

  /// What follows a `$`, and the index behind it.
  private mutating func sequence(
    _ bytes: UnsafeBufferPointer<UInt8>, at index: Int, _ faults: inout [Fault]
  ) -> (CFUnit, end: Int) {
    let byte = bytes[index]
    switch byte {
    case 0x24: return (CFUnit(byte), index + 1)  // $$ is a dollar sign
    case 0x30...0x39: return (CFUnit(.replacement, Int(byte)), index + 1)
    case 0x26: return named(.lateMacro, bytes, at: index + 1, &faults)
    case 0x3D: return named(.inClass, bytes, at: index + 1, &faults)
    case 0x7E: return named(.notInClass, bytes, at: index + 1, &faults)
    case 0x3F: return named(.condition, bytes, at: index + 1, &faults)
    default:
      guard let symbol = CFUnit.Symbol(rawValue: byte) else { return named(.macro, bytes, at: index, &faults) }
      return (CFUnit(symbol), index + 1)
    }
  }

  private mutating func named(
    _ kind: CFUnit.Kind, _ bytes: UnsafeBufferPointer<UInt8>, at index: Int, _ faults: inout [Fault]
  ) -> (CFUnit, end: Int) {
    if index < bytes.count {
      // The tab between the columns of a rule is no name.
      if bytes[index] == 0x09 { return (CFUnit(kind, Self.nameless), index) }
      if bytes[index] != 0x7B, bytes[index] != 0 { return (CFUnit(kind, Int(bytes[index])), index + 1) }
    }
    let reading = read(ArraySlice(bytes[index...]))
    faults += reading.faults
    guard let number = reading.number else { return (CFUnit(kind, Self.nameless), bytes.count) }
    return (CFUnit(kind, number), index + reading.end)
  }
}
