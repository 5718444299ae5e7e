// HeaderLines.swift: what the H lines of a .cf make of a message's header.
//
//     H lines, in the order of the .cf     each: added, unless the message has such a field
//     fields of the message, in theirs     less those that only a mailer's flag lets pass;
//                                          Bcc is empty, or goes where others are named
//
// Compiled once a configuration. Received: and its like are added above whatever there is;
// Resent-… fields only to a message that was sent on.
//
// Fails: never.

import Routing
import SendmailCF

/// The H lines that give fields.
package struct HeaderLines: Sendable {
  /// One of them.
  package struct Line: Sendable {
    package let name: [UInt8]
    package let traits: HeaderTraits
    /// The mailer flags of which one is needed; empty where there is no condition on them.
    let flags: [UInt8]
    /// The macro that must be set.
    let macro: Int?
    package let value: [CFUnit]
  }

  /// A field of the result, and what its name means.
  package struct Outgoing: Sendable {
    package var field: HeaderField
    package var traits: HeaderTraits
  }

  /// What the .cf's macros are at this moment.
  package struct Macros {
    /// For the values of lines; those of late ones differ.
    package var expand: (Line) -> [UInt8]
    package var isSet: (Int) -> Bool

    package init(expand: @escaping (Line) -> [UInt8], isSet: @escaping (Int) -> Bool) {
      self.expand = expand
      self.isSet = isSet
    }
  }

  package private(set) var lines: [Line] = []
  private var places: [[UInt8]: Int] = [:]

  /// Of two lines for one field the later counts, in the place of the first.
  package init(_ headers: [CFHeader]) {
    for header in headers where header.check == nil {
      let line = Line(
        name: header.name, traits: HeaderTraits(of: header.name), flags: header.flags,
        macro: header.condition.first?.argument, value: header.value)
      let key = header.name.map(folded)
      if let place = places[key], !line.traits.contains(.always) {
        lines[place] = line
      } else {
        places[key] = lines.count
        lines.append(line)
      }
    }
  }

  /// The header of a copy for a mailer with these flags, addresses not yet rewritten.
  package func complete(_ fields: [HeaderField], for mailer: MailerFlags, _ macros: Macros) -> [Outgoing] {
    var isResent = false
    // Whether the message has the field of each line.
    var isGiven = [Bool](repeating: false, count: lines.count)
    let namesOthers = fields.contains { Self.isRecipient($0.name) }
    var own: [Outgoing] = []
    own.reserveCapacity(fields.count)
    for field in fields {
      let key = field.name.map(folded)
      let traits = HeaderTraits(ofFolded: key)
      if traits.contains(.resent) { isResent = true }
      if traits.contains(.onlyByFlag), !isWanted(traits, places[key], by: mailer) { continue }
      if traits.contains(.blindCopy) {
        if !namesOthers { own.append(Outgoing(field: HeaderField(name: field.name, body: []), traits: [])) }
        continue
      }
      if let place = places[key], !traits.contains(.always) {
        // A field that says nothing is as good as missing.
        if field.body.allSatisfy(isBlank) { continue }
        isGiven[place] = true
      }
      own.append(Outgoing(field: field, traits: traits))
    }
    var result: [Outgoing] = []
    result.reserveCapacity(lines.count + own.count)
    for (index, line) in lines.enumerated() where !isGiven[index] {
      if line.traits.contains(.resent), !isResent { continue }
      if !line.flags.isEmpty, !line.flags.contains(where: { mailer.contains($0) }) { continue }
      if let macro = line.macro, !macros.isSet(macro) { continue }
      result.append(
        Outgoing(field: HeaderField(name: line.name, body: [0x20] + macros.expand(line)), traits: line.traits))
    }
    return result + own
  }

  /// Whether the flags of the line for such a field let the message's own pass, too.
  private func isWanted(_ traits: HeaderTraits, _ place: Int?, by mailer: MailerFlags) -> Bool {
    guard let place, !traits.contains(.always) else { return false }
    return lines[place].flags.contains { mailer.contains($0) }
  }

  private static func isRecipient(_ name: [UInt8]) -> Bool {
    let key = name.map(folded)
    return ["to", "cc", "apparently-to"].contains { key.elementsEqual($0.utf8) }
  }

  /// Whether a message says to whom it goes, be it in Bcc: only.
  static func namesRecipients(_ fields: [HeaderField]) -> Bool {
    fields.contains { isRecipient($0.name) || $0.name.map(folded).elementsEqual("bcc".utf8) }
  }

  /// The name that a message gives for its sender in Full-Name:, quoted where it must be.
  static func fullName(in fields: [HeaderField], quoting specials: [UInt8]) -> [UInt8]? {
    guard let field = fields.first(where: { $0.name.map(folded).elementsEqual("full-name".utf8) }) else { return nil }
    let text = Array(field.body.drop(while: isBlank))
    if text.isEmpty { return nil }
    if isPhrase(text, specials) { return text }
    return [0x22] + text.flatMap { $0 == 0x22 || $0 == 0x5C ? [0x5C, $0] : [$0] } + [0x22]
  }

  /// Whether specials are in quotes and comments only, and these are closed.
  private static func isPhrase(_ text: [UInt8], _ specials: [UInt8]) -> Bool {
    var isQuoted = false
    var depth = 0
    var rest = text[...]
    while let byte = rest.popFirst() {
      switch byte {
      case 0x5C: if rest.popFirst() == nil { return false }
      case 0x22 where depth == 0: isQuoted.toggle()
      case _ where isQuoted: break
      case 0x28: depth += 1
      case 0x29 where depth == 0: return false
      case 0x29: depth -= 1
      default: if depth == 0, specials.contains(byte) { return false }
      }
    }
    return !isQuoted && depth == 0
  }
}

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
