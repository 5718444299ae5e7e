// CFReader+Headers.swift: H lines.
//
//     H?flags?Name: default value     H?${macro}?Name: value
//     HName: $>ruleset                H*: $>+ruleset

extension CFReader {
  mutating func readHeader(_ rest: ArraySlice<CFUnit>) -> CFContent {
    var header = CFHeader(flags: [], condition: [], name: [], value: [])
    var text = rest
    if text.first?.byte == 0x3F {
      guard let end = text.dropFirst().firstIndex(of: CFUnit(0x3F)) else { return faulty(rest) }
      let between = text[(text.startIndex + 1)..<end]
      header.flags = between.compactMap(\.byte)
      header.condition = between.filter { $0.byte == nil }
      text = text[(end + 1)...]
    }
    guard let colon = text.firstIndex(of: CFUnit(0x3A)) else { return faulty(rest) }
    header.name = CFText.trimmed(Array(text[..<colon])).text(file.names)
    guard !header.name.isEmpty, !header.name.contains(where: isBlank) else { return faulty(rest) }
    let value = text[(colon + 1)...].drop { $0.isSpace }
    header.check = checker(value)
    if let check = header.check {
      _ = CFRulesetName.read(check.ruleset, known: &file.rulesetNumbers)
    }
    header.value = Array(value)
    return .header(header)
  }

  private func checker(_ value: ArraySlice<CFUnit>) -> (ruleset: [UInt8], keepsComments: Bool)? {
    guard value.first?.symbol == .call else { return nil }
    var name = value.dropFirst()
    let keeps = name.first?.byte == 0x2B
    if keeps { name = name.dropFirst() }
    return (CFText.trimmed(Array(name.drop { $0.isSpace })).text(file.names), keeps)
  }

  private mutating func faulty(_ rest: ArraySlice<CFUnit>) -> CFContent {
    report(.badHeader(rest.text(file.names)))
    return .faulty
  }
}
