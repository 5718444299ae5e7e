// ContentDialogues.swift: the same lines said to a real program and to `waybill serve`, and
// where the two differ.

import Foundation
import TestSupport

enum ContentDialogue {
  /// MAIL to the end of the data.
  static func message(_ header: String, body: String = "body", from sender: String = "a@b.example") -> [String] {
    [
      "MAIL FROM:<\(sender)>", "RCPT TO:<root@mail.test.example>", "DATA",
      header + "\r\n\r\n" + body + "\r\n.", "RSET",
    ]
  }

  /// Differences, one a line.
  static func compare(_ real: UInt16, _ ours: UInt16, _ lines: [String]) throws -> [String] {
    let (real, ours) = (try SMTPSession(port: real), try SMTPSession(port: ours))
    var differences: [String] = []
    func note(_ line: String, _ theirs: SMTPSession.Reply?, _ own: SMTPSession.Reply?) {
      let pair = (masked(theirs), masked(own))
      if pair.0 != pair.1 { differences.append("\(line.prefix(100)): \(pair.0) ours: \(pair.1)") }
    }
    note("greeting", real.greeting, ours.greeting)
    for line in lines {
      let (theirs, own) = (try? real.say(line), try? ours.say(line))
      note(line, theirs, own)
      if theirs == nil || own == nil { break }
    }
    return differences
  }

  /// Without ids, dates, and what is not offered here.
  static func masked(_ reply: SMTPSession.Reply?) -> String {
    guard let reply else { return "closed" }
    let missing = ["VERB", "DELIVERBY", "SMTPUTF8", "CHUNKING"]
    return reply.lines.filter { !missing.contains($0) && !$0.hasPrefix("AUTH ") && !$0.hasPrefix("XCLIENT ") }
      .map { line in
        "\(reply.code) \(line)"
          .replacing(/[0-9A-Za-z]{8,16} Message accepted/, with: "ID Message accepted")
          .replacing(/queued as [0-9A-Za-z]+/, with: "queued as ID").replacing(/; .*$/, with: "; DATE")
      }.joined(separator: " / ")
  }
}

extension SendmailHost {
  /// `waybill serve` under a copy of the same configuration.
  func served(_ extra: [String] = []) throws -> ServedHost {
    let folder = try TemporaryFolder()
    let manager = FileManager.default
    try manager.copyItem(atPath: self.folder.path + "/mail", toPath: folder.path + "/mail")
    try manager.copyItem(atPath: self.folder.path + "/switch", toPath: folder.path + "/switch")
    let text = try String(contentsOfFile: configuration, encoding: .utf8)
    try folder.write("sendmail.cf", text.replacingOccurrences(of: self.folder.path, with: folder.path))
    return try ServedHost(in: folder, "sendmail.cf", relay: 9, extra)
  }
}
