// CFUnit.swift: the characters of a sendmail.cf after its `$` sequences were read.
//
// A line of a .cf is bytes, and some byte pairs are one symbol: `$*`, `$=w`,
// `${name}`. Reading them once, into units of sixteen bits, keeps symbols and
// 8-bit text apart for ever: values below 256 are bytes, the kind of a symbol
// stands in the upper four bits, its argument (a macro, a digit) in the rest.

/// One byte or one `$` symbol of a .cf.
package struct CFUnit: Sendable, Hashable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }
  package init(_ byte: UInt8) { rawValue = UInt16(byte) }

  /// What a unit is.
  package enum Kind: UInt16, Sendable {
    case byte = 0
    /// `$x`: a cf macro, expanded when the line is read.
    case macro = 1
    /// `$&x`: a cf macro, expanded when the rule runs.
    case lateMacro = 2
    /// `$=x`
    case inClass = 3
    /// `$~x`
    case notInClass = 4
    /// `$1` to `$9`
    case replacement = 5
    /// `$?x`
    case condition = 6
    /// The rest, by `Symbol`.
    case symbol = 7
  }

  /// The symbols without an argument; the raw value is the byte after the `$`.
  package enum Symbol: UInt8, Sendable, CaseIterable {
    case anything = 0x2A  // $*
    case oneOrMore = 0x2B  // $+
    case exactlyOne = 0x2D  // $-
    case at = 0x40  // $@
    case colon = 0x3A  // $:
    case hash = 0x23  // $#
    case call = 0x3E  // $>
    case otherwise = 0x7C  // $|
    case endCondition = 0x2E  // $.
    case canonifyBegin = 0x5B  // $[
    case canonifyEnd = 0x5D  // $]
    case mapBegin = 0x28  // $(
    case mapEnd = 0x29  // $)
  }

  package init(_ kind: Kind, _ argument: Int) {
    rawValue = kind.rawValue << 12 | UInt16(truncatingIfNeeded: argument & 0xFFF)
  }

  package init(_ symbol: Symbol) { self.init(.symbol, Int(symbol.rawValue)) }

  package var kind: Kind { Kind(rawValue: rawValue >> 12) ?? .byte }
  package var argument: Int { Int(rawValue & 0xFFF) }
  package var byte: UInt8? { rawValue < 256 ? UInt8(rawValue) : nil }
  package var symbol: Symbol? {
    kind == .symbol ? Symbol(rawValue: UInt8(truncatingIfNeeded: rawValue)) : nil
  }

  /// Whether it is replaced when a line is read: `$x` and `$?x`.
  var isExpanded: Bool { rawValue >> 12 == Kind.macro.rawValue || rawValue >> 12 == Kind.condition.rawValue }

  package static let tab = CFUnit(0x09)
  package static let newline = CFUnit(0x0A)
  package static let blank = CFUnit(0x20)

  /// A blank, tab, newline or other white space.
  package var isSpace: Bool { rawValue == 0x20 || (0x09...0x0D).contains(rawValue) }
}

extension ArraySlice<CFUnit> {
  /// As a person writes it, macros by their names.
  package func text(_ names: MacroNames) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count)
    for unit in self {
      // Mostly all of them are bytes.
      if unit.rawValue < 0x100 {
        result.append(UInt8(truncatingIfNeeded: unit.rawValue))
      } else {
        unit.append(to: &result, names)
      }
    }
    return result
  }
}

extension [CFUnit] {
  /// As a person writes it, macros by their names.
  package func text(_ names: MacroNames) -> [UInt8] { self[...].text(names) }
}

extension CFUnit {
  package func append(to result: inout [UInt8], _ names: MacroNames) {
    switch kind {
    case .byte: result.append(UInt8(truncatingIfNeeded: rawValue))
    case .macro: result += [0x24] + names.reference(argument)
    case .lateMacro: result += [0x24, 0x26] + names.reference(argument)
    case .inClass: result += [0x24, 0x3D] + names.reference(argument)
    case .notInClass: result += [0x24, 0x7E] + names.reference(argument)
    case .replacement: result += [0x24, UInt8(truncatingIfNeeded: argument)]
    case .condition: result += [0x24, 0x3F] + names.reference(argument)
    case .symbol: result += [0x24, UInt8(truncatingIfNeeded: argument)]
    }
  }
}
