// HeaderAddresses.swift: the addresses of one field, written as a mailer writes them.
//
//     To: Fred <fred>, group: x@y, z;
//         ────┬────── ───────┬──── ┬─
//             │              │     │    each: the address through the rulesets,
//             ▼              ▼     ▼    the words around it as they are
//     To: Fred <fred@here>, group: x@y, z@here;
//
// A list is written anew: one blank after each comma, a new line where 78 columns are full.
//
// Fails: with the reason, where a map cannot say now. What cannot be read as an address
// stays as it is.

import Routing
import Rulesets
import SendmailCF

struct HeaderAddresses {
  let resolver: AddressResolver
  let mailer: CFMailer
  /// Stands behind addresses without a domain: of a sender whose mailer has the flag C.
  let domain: [UInt8]?
  private let columns: Int
  private let specials: [UInt8]
  /// Whether blanks divide recipients, as they did once: where no address of the message has
  /// brackets, comments or commas.
  private let isOld: Bool
  /// ColonOkInAddr.
  private let hasGroups: Bool
  /// Whether names and comments stay: not with the flag c.
  private let keepsWords: Bool

  init(_ resolver: AddressResolver, _ mailer: CFMailer, domain: [UInt8]?, isOld: Bool) {
    self.resolver = resolver
    self.mailer = mailer
    self.domain = domain
    let options = resolver.engine.program.options
    specials = options.mustQuote
    self.isOld = isOld
    hasGroups = !options.isOn("ColonOkInAddr")
    keepsWords = !mailer.flags.contains(0x63)
    columns = mailer.lineLimit > 2 ? min(mailer.lineLimit - 2, Self.widest) : Self.widest
  }

  private static let widest = 78
  /// An address, and the same with the words around it, is cut at so many bytes.
  private static let longestAddress = 254
  private static let longestName = 256
  private static let indent = [UInt8](repeating: 0x20, count: 8)

  /// Whether a message shows that blanks do not divide.
  static func isNewStyle(_ fields: [HeaderField]) -> Bool {
    fields.contains { field in
      !HeaderTraits(of: field.name).isDisjoint(with: [.sender, .recipient])
        && field.body.contains { ",;<(".utf8.contains($0) }
    }
  }

  /// The field's body with its addresses rewritten.
  func rewrite(_ field: HeaderField, isSender: Bool) throws(HeaderFailure) -> [UInt8] {
    let lead = field.body.prefix(while: isBlank)
    var result = [UInt8](repeating: 0x20, count: lead.count)
    let text = Array(field.body.dropFirst(lead.count))
    var column = field.name.count + 1 + lead.count
    var isFirst = true
    for name in parts(text, isSender: isSender) {
      let written = try rewrite(name, isSender: isSender)
      if written.isEmpty { continue }
      if !isFirst {
        result.append(0x2C)
        column += 2
        if column + written.count > columns {
          result.append(0x0A)
          result += Self.indent
          column = Self.indent.count
        } else {
          result.append(0x20)
        }
      }
      result += written
      column += written.count
      isFirst = false
    }
    return result
  }

  // MARK: dividing

  /// The mailboxes of a list, without the commas between them.
  private func parts(_ text: [UInt8], isSender: Bool) -> [[UInt8]] {
    let delimiter: UInt8 = isOld && !isSender ? 0x20 : 0x2C
    var result: [[UInt8]] = []
    var index = 0
    while index < text.count {
      if isBlank(text[index]) || text[index] == 0x2C {
        index += 1
        continue
      }
      guard let end = end(of: text, from: index, until: delimiter) else {
        result.append(Array(text[index...].prefix(Self.longestName)))
        break
      }
      var last = end
      while last > index, isBlank(text[last - 1]) || text[last - 1] == 0x2C { last -= 1 }
      result.append(Array(text[index..<last]))
      index = end
    }
    return result
  }

  /// Where a name ends; an `@` with blanks around it does not end one. nil where the name is
  /// too long, and all that follows is dropped.
  private func end(of text: [UInt8], from start: Int, until delimiter: UInt8) -> Int? {
    var index = start
    while true {
      let scanned = resolver.engine.endOfAddress(in: text, from: index, until: delimiter)
      if scanned.problems.contains(.tooLong) { return nil }
      index = scanned.end
      guard let next = text[index...].firstIndex(where: { !isBlank($0) }), text[next] == 0x40 else {
        return scanned.hasFailed ? Self.end(in: text, failedAt: index, start) : index
      }
      index = text[(next + 1)...].firstIndex { !isBlank($0) } ?? text.count
    }
  }

  /// What cannot be read ends before the byte that was too much; or behind it, where a name
  /// could end there.
  private static func end(in text: [UInt8], failedAt index: Int, _ start: Int) -> Int {
    func isEnd(_ index: Int) -> Bool { index >= text.count || isBlank(text[index]) || text[index] == 0x2C }
    return !isEnd(index) && (isEnd(index + 1) || index == start) ? index + 1 : index
  }

  // MARK: one address

  private func rewrite(_ name: [UInt8], isSender: Bool) throws(HeaderFailure) -> [UInt8] {
    let engine = resolver.engine
    let role = AddressRole(isSender: isSender, isHeader: true)
    resolver.setMacro("addr_type", role.macroValue)
    let loading = engine.load(name, as: .header)
    if loading.hasFailed || loading.isEmpty { return name }
    do throws(AddressProblem) {
      if engine.rewrite(3) == 75 { throw .temporaryFailure }
      if let domain, !engine.tokens.contains(where: { engine.bytes($0).elementsEqual([0x40]) }) {
        engine.load(engine.text(engine.tokens) + domain, as: .header)
        if engine.rewrite(3) == 75 { throw .temporaryFailure }
      }
      let address = Array(try resolver.rewriteCanonical(for: mailer, as: role).prefix(Self.longestAddress))
      guard keepsWords else { return address }
      let words = CrackedAddress(name, quoting: specials, hasGroups: hasGroups)
      return Array(words.around(address).prefix(Self.longestName))
    } catch {
      throw HeaderFailure(reason: "the rules cannot say how to write \(String(decoding: name, as: UTF8.self))")
    }
  }
}
