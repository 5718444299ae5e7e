// HelpTopics.swift: the file of HelpFile, which HELP reads from.
//
//     #vers 2
//     smtp   For more information on $j …
//     rcpt   RCPT TO: <recipient>
//
// Fails: a file that is not there has no topics; HELP says so.

import MailAddress
import Posix

enum HelpTopics {
  /// The lines of each topic, with the cf macros in them as they are now.
  static func read(_ path: String, macro: (Bytes) -> Bytes?) -> [Bytes: [Bytes]]? {
    guard !path.isEmpty, let text = try? readFile(path) else { return nil }
    var topics: [Bytes: [Bytes]] = [:]
    var hasMacros = false
    for line in text.split(separator: .newline) {
      if line.first == .hash {
        // The format's number; those without one are older.
        hasMacros = hasMacros || line.starts(with: "#vers".utf8)
        continue
      }
      guard let end = line.firstIndex(where: \.isWhiteSpace) else { continue }
      let text = Bytes(line[(end + 1)...])
      topics[Bytes(line[..<end]).lowercased, default: []].append(hasMacros ? expanded(text, macro) : text)
    }
    return topics
  }

  private static func expanded(_ text: Bytes, _ macro: (Bytes) -> Bytes?) -> Bytes {
    var result: Bytes = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      guard byte == .dollar, let next = rest.popFirst() else {
        result.append(byte)
        continue
      }
      if next == .openBrace, let end = rest.firstIndex(of: .closeBrace) {
        result += macro(Bytes(rest[..<end])) ?? []
        rest = rest[(end + 1)...]
      } else if next != .dollar {
        result += macro([next]) ?? []
      } else {
        result.append(.dollar)
      }
    }
    return result
  }
}
