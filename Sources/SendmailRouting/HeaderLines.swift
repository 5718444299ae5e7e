// HeaderLines.swift: what the H lines of a .cf make of a message's header.
//
//     H lines, in the order of the .cf     each: added, unless the message has such a field
//     fields of the message, in theirs     less Bcc and those that only a mailer's flag lets pass
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
    var own: [Outgoing] = []
    own.reserveCapacity(fields.count)
    for field in fields {
      let key = field.name.map(folded)
      let traits = HeaderTraits(ofFolded: key)
      if traits.contains(.resent) { isResent = true }
      if !traits.isDisjoint(with: [.blindCopy, .onlyByFlag]) { continue }
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

  /// The name that a message gives for its sender in Full-Name:.
  static func fullName(in fields: [HeaderField]) -> [UInt8]? {
    guard let field = fields.last(where: { $0.name.map(folded).elementsEqual("full-name".utf8) }) else { return nil }
    let text = field.body.drop(while: isBlank)
    return text.isEmpty ? nil : Array(text)
  }
}

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
