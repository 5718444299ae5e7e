// ServerSessionTests.swift: scripts, chunks, noise, smuggling.

import MailAddress
import Routing
import SMTP
import TestSupport
import Testing

@Suite("A server's dialogue")
struct ServerSessionTests {
  @Test("says what the script says", arguments: DialogueScript.all)
  func script(_ script: DialogueScript) { #expect(script.play() == script.expected) }

  @Test("there are scripts") func scriptsAreThere() { #expect(DialogueScript.all.count >= 12) }

  /// What comes in one piece with STARTTLS is thrown away, so there the pieces matter. So they do to
  /// who must not send more with a greeting or DATA; that rule is off here.
  static let scriptsInClear = DialogueScript.all.filter { !$0.expected.contains("E: startTLS") }

  @Test("is the same however its bytes are divided", arguments: scriptsInClear)
  func chunks(_ script: DialogueScript) {
    var settings = script.settings
    settings.refusesSpeakingAhead = false
    var whole = Conversation(settings, client: script.client)
    whole.receive(script.input)
    var generator = SeededGenerator(seed: 7)
    for round in 0..<40 {
      var parts = Conversation(settings, client: script.client)
      var rest = script.input[...]
      while !rest.isEmpty {
        // The first round goes byte by byte.
        let count = round == 0 ? 1 : Int.random(in: 1...40, using: &generator)
        parts.receive(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      #expect(parts.sent.text == whole.sent.text)
      #expect(parts.messages == whole.messages)
      #expect(parts.facts == whole.facts)
      #expect(parts.isClosed == whole.isClosed)
    }
  }

  @Test("noise between and inside commands never makes more messages than DATA was said")
  func noise() {
    var generator = SeededGenerator(seed: 11)
    let scripts = DialogueScript.all
    for round in 0..<4000 {
      var bytes = scripts[round % scripts.count].input
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let at = Int.random(in: 0...bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: at)
        case 1: bytes.insert(contentsOf: [0x0D, 0x0A, 0x2E, 0x0A].shuffled(using: &generator), at: at)
        case 2 where at < bytes.count: bytes.remove(at: at)
        default: bytes.removeSubrange(at..<min(bytes.count, at + 9))
        }
      }
      var conversation = Conversation(scripts[round % scripts.count].settings)
      conversation.receive(bytes)
      // Every message needs a 354 of its own, and is what stood up to CR LF . CR LF.
      let starts = conversation.lines.filter { $0.hasPrefix("S: 354") }.count
      #expect(conversation.messages.count <= starts)
      for message in conversation.messages { #expect(isCanonical(message)) }
    }
  }

  @Test("random bytes are answered or the connection is closed")
  func randomBytes() {
    var generator = SeededGenerator(seed: 13)
    for voice in Voice.allCases {
      for _ in 0..<500 {
        var conversation = Conversation(.test(voice))
        let bytes = (0..<400).map { _ in UInt8.random(in: 0...255, using: &generator) }
        conversation.receive(bytes + [0x0D, 0x0A])
        #expect(conversation.messages.isEmpty)
        #expect(conversation.lines.count > 1 || conversation.isClosed)
      }
    }
  }

  /// Each CR before an LF and each LF behind a CR.
  private func isCanonical(_ message: [UInt8]) -> Bool {
    message.indices.allSatisfy { index in
      switch message[index] {
      case 0x0D: index + 1 < message.count && message[index + 1] == 0x0A
      case 0x0A: index > 0 && message[index - 1] == 0x0D
      default: true
      }
    }
  }

  @Test(
    "no end of data but CR LF . CR LF",
    arguments: [
      "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r", "\n.\r", "\r\n.\r\r\n",
      "\r\n\n.\r\n", "\r\n.\0\r\n", "\n\n.\n\n", "\r\n.\n.\r\n",
      "\r\n.\r\r\r\n",
    ])
  func smuggling(_ ending: String) {
    let second = "MAIL FROM:<evil@x.example>\r\nRCPT TO:<root@x.example>\r\nDATA\r\nSubject: evil\r\n\r\nevil\r\n.\r\n"
    for voice in Voice.allCases {
      var settings = ServerSettings.test(voice)
      // What Postfix would take for an end is none behind a line that ended in CR LF.
      settings.refusesSpeakingAhead = false
      var conversation = Conversation(settings)
      let first = "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: x\r\n\r\nhello"
      conversation.receive(Array((first + ending + second).utf8))
      // Refused whole, or one message that has the second one for its text.
      #expect(conversation.messages.count <= 1)
      for message in conversation.messages { #expect(message.text.contains("evil@x.example")) }
      #expect(conversation.lines.filter { $0.hasPrefix("S: 354") }.count == 1)
    }
  }

  @Test("a return before CR LF . CR LF hides no end")
  func returnBeforeEnd() {
    var conversation = Conversation(.test(.postfix))
    conversation.receive(
      Array("MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nhello\r\r\n.\r\nNOOP\r\n".utf8))
    #expect(conversation.messages.map(\.text) == ["hello\r\n"])
    #expect(conversation.lines.last == "S: 250 2.0.0 Ok")
  }

  @Test("what is said before the greeting is told to the owner")
  func earlyTalker() {
    var session = ServerSession(.test(), client: .localhost)
    _ = session.begin()
    #expect(!session.hasSpokenEarly)
    #expect(session.receive(Array("NOOP\r\n".utf8)).isEmpty)
    #expect(session.hasSpokenEarly)
    #expect(!session.wantsInput)
    let actions = session.answer(.proceed)
    #expect(actions.last == .send(Array("220 mail.test.example ESMTP Postfix\r\n250 2.0.0 Ok\r\n".utf8)))
  }

  @Test("a client that hangs up while its message is queued has its message")
  func hangUp() {
    var (session, actions) = sessionAtEndOfData()
    guard case .ask(.messageComplete) = actions.last else {
      Issue.record("no question: \(actions)")
      return
    }
    #expect(session.peerClosed() == [.close])
    actions = session.answer(.queued(id: [0x51]))
    #expect(actions.isEmpty)
  }

  @Test("a client that hangs up before the end has none")
  func hangUpEarly() {
    var session = ServerSession(.test(), client: .localhost)
    _ = session.begin()
    _ = session.answer(.proceed)
    _ = session.receive(Array("MAIL FROM:<a@b.example>\r\n".utf8))
    _ = session.answer(.proceed)
    #expect(session.peerClosed() == [.abandon, .close])
    #expect(session.receive([0x0A]).isEmpty)
  }

  @Test("a server that goes down ends the open transaction first")
  func drain() {
    var (session, _) = sessionAtEndOfData()
    #expect(session.shutDown().isEmpty)
    let actions = session.answer(.queued(id: [0x51]))
    #expect(
      actions == [
        .send(
          Array(
            "250 2.0.0 Ok: queued as Q\r\n421 4.3.2 mail.test.example Error: shutting down\r\n".utf8)), .close,
      ])
  }

  @Test("time limits", arguments: Voice.allCases)
  func timeouts(_ voice: Voice) {
    var conversation = Conversation(.test(voice))
    conversation.perform(conversation.session.timeoutNow())
    let reply = voice == .postfix ? ["S: 421 4.4.2 mail.test.example Error: timeout exceeded"] : []
    #expect(Array(conversation.lines.dropFirst()) == reply + ["E: close"])
    #expect(conversation.isClosed)
  }

  private func sessionAtEndOfData() -> (ServerSession, [ServerAction]) {
    var session = ServerSession(.test(), client: .localhost)
    _ = session.begin()
    _ = session.answer(.proceed)
    _ = session.receive(Array("MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n".utf8))
    _ = session.answer(.proceed)
    _ = session.answer(.proceed)
    _ = session.answer(.proceed)
    let actions = session.receive(Array("hello\r\n.\r\n".utf8))
    return (session, actions)
  }
}
