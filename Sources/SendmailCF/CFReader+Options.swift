// CFReader+Options.swift: O lines, and the values that sendmail refuses.
//
//     O Name=value      O Name.part=value      Oxvalue (one letter)
//
// Most values are taken as they come, also by sendmail; `CFOptionChecks` holds those
// that it looks at when it reads the line.

import Diagnostics

extension CFReader {
  mutating func readOption(_ rest: ArraySlice<CFUnit>) -> CFContent {
    guard let first = rest.first else {
      report(.optionMissing)
      return .faulty
    }
    guard first.byte == 0x20 else { return readShortOption(first, rest.dropFirst()) }
    return readLongOption(rest.dropFirst())
  }

  private mutating func readShortOption(
    _ letter: CFUnit, _ value: ArraySlice<CFUnit>
  ) -> CFContent {
    guard let byte = letter.byte, let entry = CFOptionTable.entry(letter: byte) else {
      let code = String(letter.byte ?? 0x01, radix: 16)
      report(
        CFProblem(
          .unknownOption, "there is no option of that letter",
          wording: "readcf: unknown option name 0x\(code)"))
      return .faulty
    }
    return finish(entry.name, part: nil, value)
  }

  private mutating func readLongOption(_ text: ArraySlice<CFUnit>) -> CFContent {
    let sign = text.firstIndex(of: CFUnit(0x3D)) ?? text.endIndex
    let value = text[min(sign + 1, text.endIndex)...].drop { $0.isSpace }
    let names = CFText.trimmed(Array(text[..<sign])).text(file.names)
    let point = names.firstIndex(of: 0x2E)
    let name = Array(names[..<(point ?? names.endIndex)])
    let part = point.map { Array(names[($0 + 1)...]) }
    guard !name.isEmpty else {
      report(.emptyOption)
      return .faulty
    }
    switch CFOptionTable.match(name) {
    case .exact(let entry): return finish(entry.name, part: part, value)
    case .abbreviation(let entry):
      report(.abbreviatedOption(name, entry.name))
      return finish(entry.name, part: part, value)
    case .ambiguous(let one, let other):
      report(.ambiguousOption(name, one.name, other.name))
    case .none:
      report(
        .unknownOption(
          name, nearest: nearestName(to: shown(name), among: CFOptionTable.all.map(\.name))))
    }
    return .faulty
  }

  private mutating func finish(
    _ name: String, part: [UInt8]?, _ value: ArraySlice<CFUnit>
  ) -> CFContent {
    let option = CFOption(name: name, part: part, value: CFText.trimmed(Array(value)))
    report(CFOptionChecks.problems(option, option.value.text(file.names), environment))
    return .option(option)
  }
}
