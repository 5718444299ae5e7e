// CFReader+PortOptions.swift: DaemonPortOptions and ClientPortOptions.
//
//     Name=MTA, Family=inet, Addr=127.0.0.1, Port=submission, Modifiers=Ea
//
// A field is known by its first letter; one without `=` says nothing. Port and address
// are looked at last, since they mean what the family makes of them.

/// What is wrong in the value of one of the two options.
struct CFPortOptions {
  private(set) var problems: [CFProblem] = []
  private var family = Family.inet
  private var port: [UInt8]?
  private var address: [UInt8]?

  private enum Family {
    case inet, inet6
    /// A socket in the file system, which has no port.
    case unix
  }

  init(_ value: [UInt8], _ environment: CFEnvironment) {
    for field in value.split(separator: 0x2C) { read(trimmed(field)) }
    checkPort(environment)
    checkAddress()
  }

  private mutating func read(_ field: [UInt8]) {
    guard let sign = field.firstIndex(of: 0x3D) else { return }
    let value = trimmed(field[(sign + 1)...])
    switch field.first.map({ Character(UnicodeScalar($0)) }) {
    case "A", "a": address = value
    case "P", "p": port = value
    case "F", "f": readFamily(value)
    case "D":
      guard let first = value.first, !"bidq".utf8.contains(first) else { return }
      problems.append(.unknownDeliveryMode(first, isFatal: false))
    // Input filters, queue length, modifiers, name, buffer sizes; loads that refuse or delay.
    case "c", "I", "i", "L", "l", "M", "m", "N", "n", "R", "r", "S", "s", "d", "q": return
    default:
      let text = shown(field)
      problems.append(
        .badValue(
          "there is no field \"\(text)\"", fix: "write Name, Family, Addr, Port or Modifiers",
          wording: Array("PortOptions parameter \"\(text)\" unknown".utf8)))
    }
  }

  private mutating func readFamily(_ value: [UInt8]) {
    switch shown(lowered(value)) {
    case "inet": family = .inet
    case "inet6": family = .inet6
    case "unix", "local": family = .unix
    default:
      let text = shown(value)
      problems.append(
        .badValue(
          "there is no address family \"\(text)\"", fix: "write inet, inet6 or local",
          wording: Array("Unknown address family \(text) in Family=option".utf8)))
    }
  }

  private mutating func checkPort(_ environment: CFEnvironment) {
    guard let port else { return }
    let text = shown(port)
    if family == .unix {
      problems.append(
        .badValue(
          "a local socket has no port", fix: "leave Port= out",
          wording: Array("Port= option unsupported for family 1".utf8)))
    } else if !(port.first.map(isDigit) ?? false), !environment.serviceExists(port) {
      problems.append(
        .badValue(
          "there is no service \"\(text)\"", fix: "write smtp, submission or a port's number",
          wording: Array("service \"\(text)\" unknown".utf8)))
    }
  }

  private mutating func checkAddress() {
    guard let address, family != .unix else { return }
    let isFitting =
      switch family {
      case .inet6: AddressLiteral.isSixth(address)
      default: AddressLiteral.isFourth(address)
      }
    // A name is for the resolver to find; a literal of the other family is no name.
    let isName = address.contains(where: isLetter) && !address.contains(0x3A)
    guard !isFitting, !isName else { return }
    let text = shown(address)
    problems.append(
      .badValue(
        "there is no host \"\(text)\"", fix: "write an address that fits the family",
        wording: Array("host \"\(text)\" unknown".utf8)))
  }

}

/// Addresses in text, as the resolver's functions read them.
enum AddressLiteral {
  /// As inet_aton(3): up to four numbers.
  static func isFourth(_ text: [UInt8]) -> Bool {
    let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard (1...4).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else {
      return false
    }
    return parts.count < 4 || parts.allSatisfy { leadingNumber(Array($0)) < 256 }
  }

  static func isSixth(_ text: [UInt8]) -> Bool {
    let isTagged = lowered(Array(text.prefix(5))) == Array("ipv6:".utf8)
    let digits = isTagged ? text.dropFirst(5) : text[...]
    return digits.contains(0x3A)
      && digits.allSatisfy { isDigit($0) || (0x61...0x66).contains($0 | 0x20) || $0 == 0x3A || $0 == 0x2E }
  }
}

private func trimmed(_ text: some BidirectionalCollection<UInt8>) -> [UInt8] {
  var rest = text.drop(while: isBlank)[...]
  while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
  return Array(rest)
}
