// ContentCheckTests.swift: what the content checks of a main.cf make of a message does not depend
// on the pieces in which it comes.

import MailAddress
import Posix
import PostfixConfig
import PostfixRouting
import Routing
import TestSupport
import Testing

@Suite("Content checks of a main.cf")
struct ContentCheckTests {
  private static let header = """
    /^X-Gone:/ IGNORE
    /^Subject: one[[:space:]]+two$/ PREPEND X-Folded: yes
    /^Subject: stop/ REJECT 4.7.1 stop

    """

  private func router() throws -> (PostfixRouter, TemporaryFolder) {
    let folder = try TemporaryFolder()
    try folder.write("header", Self.header)
    try folder.write("body", "/^gone/ IGNORE\n/^X-Gone: body/ REPLACE X-Kept\n")
    let main = "myhostname = m.example\nheader_checks = regexp:/header\nbody_checks = regexp:/body\n"
    let parsed = MainConfiguration.parse(Bytes(main.utf8), file: "main.cf")
    return (PostfixRouter(PostfixConfiguration(main: parsed, root: FileRoot(folder.path))), folder)
  }

  private func run(_ text: String, pieces size: Int) throws -> (text: String, verdict: ContentVerdict) {
    let (router, folder) = try router()
    defer { withExtendedLifetime(folder) {} }
    var check = try #require(router.contentChecker?.contentCheck())
    let bytes = Array(text.replacing("\n", with: "\r\n").utf8)
    var result: Bytes = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      result += check.pass(Array(bytes[start..<min(start + size, bytes.count)]))
    }
    var memory: (any SessionMemory)?
    let verdict = check.finish(ContentFacts(recipients: 1, refusedRecipients: 0), router, memory: &memory)
    return (String(decoding: result + verdict.rest, as: UTF8.self).replacing("\r\n", with: "\n"), verdict)
  }

  @Test("fields and lines are found whatever the pieces", arguments: [1, 2, 7, 1000])
  func pieces(_ size: Int) throws {
    let message = """
      Subject: one
       two
      X-Gone: x
       and its fold
      Content-Type: multipart/mixed; (c; boundary=no) boundary="b 1"

      gone
      --b 1
      X-Gone: part
      Content-Type: message/rfc822

      X-Gone: nested
      Subject: inner

      gone
      --b 1--
      X-Gone: body
      end
      """
    let expected = """
      X-Folded: yes
      Subject: one
       two
      Content-Type: multipart/mixed; (c; boundary=no) boundary="b 1"

      --b 1
      Content-Type: message/rfc822

      Subject: inner

      --b 1--
      X-Kept
      end
      """
    let (text, verdict) = try run(message, pieces: size)
    #expect(text == expected)
    #expect(verdict.decision == .accept)
  }

  @Test("a refusal settles it: what follows is passed on", arguments: [1, 1000])
  func refuses(_ size: Int) throws {
    let (text, verdict) = try run("Subject: stop\nX-Gone: x\n\ngone\n", pieces: size)
    #expect(verdict.decision == .reject(Reply(451, "4.7.1", "stop")))
    #expect(text == "Subject: stop\nX-Gone: x\n\ngone\n")
  }

  @Test("a configuration without tables has no check")
  func none() {
    let parsed = MainConfiguration.parse(Bytes("myhostname = m.example\n".utf8), file: "main.cf")
    let router = PostfixRouter(PostfixConfiguration(main: parsed, root: FileRoot("")))
    let isChecking = router.contentChecker != nil
    #expect(!isChecking)
  }
}
