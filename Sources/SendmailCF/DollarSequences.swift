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
  }

  /// Reads the `$` sequences of a line of the .cf, or of a value typed in test mode.
  package mutating func translate(
    _ text: some Collection<UInt8>, comments: Bool
  ) -> Translation {
    let bytes = Array(text)
    var result = Translation(units: [], faults: [])
    result.units.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x23, comments, index > 0 {
        if result.units.last == CFUnit(0x5C) {
          result.units[result.units.count - 1] = CFUnit(byte)
          index += 1
          continue
        }
        while let last = result.units.last, last.isSpace { result.units.removeLast() }
        break
      }
      guard byte == 0x24, index + 1 < bytes.count else {
        result.units.append(CFUnit(byte))
        index += 1
        continue
      }
      index = dollar(bytes, at: index + 1, &result)
    }
    return result
  }

  /// Reads what follows a `$`; returns the index behind it.
  private mutating func dollar(
    _ bytes: [UInt8], at index: Int, _ result: inout Translation
  ) -> Int {
    let byte = bytes[index]
    switch byte {
    case 0x24:  // $$ is a dollar sign
      result.units.append(CFUnit(byte))
      return index + 1
    case 0x30...0x39:
      result.units.append(CFUnit(.replacement, Int(byte)))
      return index + 1
    case 0x26: return named(.lateMacro, bytes, at: index + 1, &result)
    case 0x3D: return named(.inClass, bytes, at: index + 1, &result)
    case 0x7E: return named(.notInClass, bytes, at: index + 1, &result)
    case 0x3F: return named(.condition, bytes, at: index + 1, &result)
    default: break
    }
    if let symbol = CFUnit.Symbol(rawValue: byte) {
      result.units.append(CFUnit(symbol))
      return index + 1
    }
    return named(.macro, bytes, at: index, &result)
  }

  private mutating func named(
    _ kind: CFUnit.Kind, _ bytes: [UInt8], at index: Int, _ result: inout Translation
  ) -> Int {
    if index < bytes.count, bytes[index] == 0x09 {
      // The tab between the columns of a rule is no name.
      result.units.append(CFUnit(kind, Self.nameless))
      return index
    }
    let reading = read(bytes[index...])
    result.faults += reading.faults
    result.units.append(CFUnit(kind, reading.number ?? Self.nameless))
    return reading.number == nil ? bytes.count : reading.end
  }
}
