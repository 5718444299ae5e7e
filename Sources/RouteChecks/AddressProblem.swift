// AddressProblem.swift: why text cannot stand between the angle brackets of SMTP.
//
// Only what no client could send is a fault. An address that is merely wrong (two signs, no
// domain, an empty part) may be what a test is about.

import MailAddress

enum AddressProblem {
  static func find(in address: Bytes, mayBeEmpty: Bool) -> String? {
    if address.isEmpty { return mayBeEmpty ? nil : "nothing is there" }
    var isQuoted = false
    var isEscaped = false
    for byte in address {
      if byte < 0x20 || byte == 0x7F { return "it has a control character" }
      if isEscaped {
        isEscaped = false
        continue
      }
      switch byte {
      case .backslash: isEscaped = true
      case .quote: isQuoted.toggle()
      case 0x20 where !isQuoted: return "a space stands outside of quotes"
      case 0x3C where !isQuoted, 0x3E where !isQuoted: return "an angle bracket stands inside of it"
      default: continue
      }
    }
    if isEscaped { return "nothing follows the backslash at its end" }
    return isQuoted ? "a quote is not closed" : nil
  }
}
