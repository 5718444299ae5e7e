// Conversation.swift: a session with an owner that answers at once.
//
// The owner knows a few names: `nobody@…` is no recipient, `later@…` cannot be asked
// about, `full@…` takes no mail in the end (LMTP), `spam@…` is no sender.

import MailAddress
import Routing
import SMTP

struct Conversation {
  var session: ServerSession
  /// What was sent and what happened, in order: `S: …` a reply line, `E: …` the rest.
  private(set) var lines: [String] = []
  private(set) var sent: [UInt8] = []
  /// Messages that the owner said it has.
  private(set) var messages: [[UInt8]] = []
  private(set) var facts: [MessageFacts] = []
  private(set) var isClosed = false
  private var content: [UInt8] = []
  private var recipients: [String] = []

  init(_ settings: ServerSettings, client: Client = .localhost) {
    var client = client
    client.helo = nil
    session = ServerSession(settings, client: client)
    perform(session.begin())
  }

  mutating func receive(_ bytes: [UInt8]) { perform(session.receive(bytes)) }

  mutating func perform(_ actions: [ServerAction]) {
    for action in actions {
      switch action {
      case .send(let bytes):
        sent += bytes
        let text = String(decoding: bytes, as: UTF8.self)
        lines += text.split(separator: "\r\n").map { "S: \($0)" }
      case .ask(let question): perform(session.answer(answer(question)))
      case .content(let bytes): content += bytes
      case .abandon:
        content = []
        recipients = []
        lines.append("E: abandon")
      case .pause(let milliseconds): lines.append("E: pause \(milliseconds)")
      case .delay(let seconds): lines.append("E: delay \(seconds)")
      case .setTimeout: break
      case .startTLS:
        lines.append("E: startTLS")
        perform(session.tlsStarted())
      case .close:
        isClosed = true
        lines.append("E: close")
      }
    }
  }

  private mutating func answer(_ question: ServerQuestion) -> ServerAnswer {
    switch question {
    case .connection:
      return session.client.address.text == "192.0.2.66" ? .reply(Reply(554, "5.7.1", "Go away")) : .proceed
    case .helo(let name, _): return name.text == "bad.example" ? .reply(Reply(550, "5.7.1", "Bad name")) : .proceed
    case .sender(let path, _):
      return path.address.text.hasPrefix("spam@") ? .reply(Reply(554, "5.7.1", "No spam")) : .proceed
    case .recipient(let path, _):
      let address = path.address.text
      if address.hasPrefix("nobody@") { return .reply(Reply(550, "5.1.1", "User unknown")) }
      if address.hasPrefix("later@") { return .reply(Reply(451, "4.3.0", "Try later")) }
      recipients.append(address)
      return .proceed
    case .messageComplete(let seen):
      return queue(seen)
    case .verify(let text):
      return text.text == "root" ? .reply(Reply(250, "2.1.5", "root <root@test.example>")) : .proceed
    case .expand: return .replies([Reply(250, "2.1.5", "<a@b.example>"), Reply(250, "2.1.5", "<c@d.example>")])
    case .dataBegin, .remoteQueue, .xclient, .secured: return .proceed
    }
  }

  private mutating func queue(_ seen: MessageFacts) -> ServerAnswer {
    defer {
      content = []
      recipients = []
    }
    lines.append("E: message \(content.count)")
    facts.append(seen)
    messages.append(content)
    guard session.settings.dialect == .lmtp else { return .queued(id: Array("Q\(messages.count)".utf8)) }
    return .perRecipient(
      recipients.map {
        $0.hasPrefix("full@") ? Reply(452, "4.2.2", "Mailbox full") : Reply(250, "2.1.5", "\($0) Ok")
      })
  }
}

extension ServerSettings {
  static func test(_ voice: Voice = .postfix, _ dialect: Dialect = .smtp) -> ServerSettings {
    ServerSettings(
      voice: voice, hostName: Array("mail.test.example".utf8), date: Array("today".utf8), dialect: dialect)
  }
}
