// A message as programs hand it to the sendmail command.

import MTA
import MailAddress
import Testing

@Suite("Messages on the standard input")
struct SubmittedMessageTests {
  private func read(_ text: String, endsAtDot: Bool = true) -> SubmittedMessage {
    SubmittedMessage(Array(text.utf8), endsAtDot: endsAtDot)
  }

  @Test("a lone dot is the end, unless dots are ignored")
  func dots() {
    #expect(read("Subject: x\n\na\n.\nb\n").content.text == "Subject: x\r\n\r\na\r\n")
    #expect(read("Subject: x\n\na\n.\nb\n", endsAtDot: false).content.text == "Subject: x\r\n\r\na\r\n.\r\nb\r\n")
    #expect(read("Subject: x\r\n\r\na\r\n.\r\nb\r\n").content.text == "Subject: x\r\n\r\na\r\n")
    #expect(read("..\n.a\n").content.text == "\r\n..\r\n.a\r\n")
  }

  @Test("a last line gets its end, and a text without a header its empty line")
  func edges() {
    #expect(read("").content.text == "\r\n")
    #expect(read("hi").content.text == "\r\nhi\r\n")
    #expect(read("\nhi\n").content.text == "\r\nhi\r\n")
    #expect(read("From a@b Thu Nov 26 17:00:00 2026\nSubject: x\n\nhi\n").content.text == "Subject: x\r\n\r\nhi\r\n")
    #expect(read("From a@b Thu Nov 26 17:00:00 2026").content.text == "\r\n")
  }

  @Test(
    "recipients come from the fields that name them",
    arguments: [
      ("To: a@b\n\n", ["a@b"]), ("To: a\nCc: b,\n c\nBcc: d\n\n", ["a", "b", "c", "d"]),
      ("To: \"Doe, J\" <a@b> (x), list: c@d, e;\n\n", ["a@b", "c@d", "e"]), ("To: a b@c\n\n", ["a", "b@c"]),
      ("To: a\nResent-To: b\nCc: c\n\n", ["b"]), ("Subject: To: a\n\nTo: b\n", []), ("To:\n\n", []),
    ])
  func recipients(_ text: String, _ expected: [String]) {
    #expect(read(text).headerRecipients.map(\.text) == expected)
  }

  @Test("nobody hears of blind copies")
  func blindCopies() {
    #expect(read("Bcc: a\n\nhi\n").content.text == "\r\nhi\r\n")
    #expect(read("Bcc: a\nTo: b\nResent-Bcc: c\n\nBcc: d\n").content.text == "To: b\r\n\r\nBcc: d\r\n")
  }
}
