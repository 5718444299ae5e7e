// MailboxFiles.swift: the messages in the mailboxes below a host's state folder.
//
//     mail/USER         a mailbox file, or a maildir       home/USER/…   what home_mailbox names
//
// Fails: never; what cannot be read holds no messages.

import Delivery
import MailAddress
import Posix

enum MailboxFiles {
  /// Lines end in LF.
  static func read(_ state: String) -> [(account: Bytes, content: Bytes)] {
    ["mail", "home"].flatMap { kind in
      namesInFolder("\(state)/\(kind)").sorted().flatMap { user in
        messages("\(state)/\(kind)/\(user)").map { (Bytes(user.utf8), $0) }
      }
    }
  }

  private static func messages(_ path: String) -> [Bytes] {
    guard isFolder(path) else { return (try? readFile(path)).map(divided) ?? [] }
    return namesInFolder(path).sorted().flatMap { name -> [Bytes] in
      // A message is whole once it has left this folder.
      name == "tmp" ? [] : messages(path + "/" + name)
    }
  }

  /// The messages of a mailbox file; a maildir's file is one, and has no line that divides.
  private static func divided(_ text: Bytes) -> [Bytes] {
    var messages: [Bytes] = []
    var isAfterBlank = true
    var rest = text[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: .newline).map { $0 + 1 } ?? rest.endIndex
      let line = rest[..<end]
      if isAfterBlank, line.starts(with: Bytes(ascii: "From ")) {
        messages.append([])
      } else {
        if messages.isEmpty { messages.append([]) }
        messages[messages.count - 1] += line
      }
      isAfterBlank = line.elementsEqual([.newline])
      rest = rest[end...]
    }
    return messages
  }
}
