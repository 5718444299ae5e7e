// HeaderFlags.swift: what sendmail knows of a header by its name.
//
// `/header` prints the flags of a header line as a number.

import SendmailCF

extension TestSession {
  func header(_ text: [UInt8]) {
    let name = text.prefix { $0 != 0x3A }
    let word = name.reversed().drop(while: isBlank).reversed()
    let isHeader = name.count < text.count && !word.isEmpty && word.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    guard isHeader else {
      output.writeMessage(Array("header syntax error, line \"".utf8) + text + [0x22])
      worsen(70)
      output.write("ul = 00000000\n")
      return
    }
    let known = HeaderTraits(of: Array(word))
    let traits = known.contains(.endsHeader) ? known : known.union(.given)
    let digits = String(traits.rawValue, radix: 16)
    output.write("ul = 0x" + String(repeating: "0", count: 8 - digits.count) + digits + "\n")
  }
}
