// ServerSession+Answers.swift: what becomes of a question once it is answered.

import MailAddress
import Routing

extension ServerSession {
  mutating func conclude(_ question: ServerQuestion, _ answer: ServerAnswer) {
    switch question {
    case .connection: concludeConnection(answer)
    case .secured:
      if isGreetedLater {
        isGreetedLater = false
        return ask(.connection)
      }
      // Told at the commands to come.
      if let reply = answer.lines.first, reply.code >= 400 { refusal = reply }
    case .helo(let name, let isExtended): concludeGreeting(name, isExtended: isExtended, answer)
    case .sender(let path, _):
      let written = path.written.printable(for: settings.wording.voice)
      guard tell(answer, say(settings.wording.senderOK, written)) else { return }
      transaction = Transaction(sender: written, decoder: DataDecoder(settings.bareLineFeeds.inText))
    case .recipient(let path, _):
      var written = path.written
      if case .accepted(let first) = answer { written = first }
      guard tell(answer, say(settings.wording.recipientOK, written.printable(for: settings.wording.voice))) else {
        return countRefusedRecipient()
      }
      transaction?.recipients += 1
    case .dataBegin:
      guard tell(answer, say(settings.wording.startData)), case .command = phase else { return }
      phase = .data
      act(.setTimeout(.data))
    case .messageComplete: concludeMessage(answer)
    case .verify(let text):
      _ = tell(answer, say(settings.wording.verified, text.printable(for: settings.wording.voice)))
    case .expand: _ = tell(answer, say(settings.wording.expandRefused))
    case .remoteQueue(let node):
      concludeTurn(answer, say(settings.wording.turned, node.printable(for: settings.wording.voice)))
    case .xclient(let attributes):
      if case .reply(let reply) = answer, reply.code >= 400 { return refuse(reply) }
      client = attributes.applied(to: client)
      isExtended = false
      concludeConnection(answer)
    }
  }

  /// Sends the answer; whether it was positive.
  private mutating func tell(_ answer: ServerAnswer, _ ordinary: Reply) -> Bool {
    let lines = answer.lines
    guard let first = lines.first else {
      send(ordinary)
      return true
    }
    guard first.code < 400 else {
      refuse(first)
      return false
    }
    for (index, line) in lines.enumerated() { send(line, isLast: index == lines.count - 1) }
    return true
  }

  private mutating func concludeConnection(_ answer: ServerAnswer) {
    act(.setTimeout(.command))
    if case .greet(let pause, let withheld) = answer {
      settings.withhold(withheld)
      guard pause > 0 else { return send(Reply(220, nil, settings.banner)) }
      // Who has spoken already is not waited for.
      phase = .pausing
      return hasSpokenEarly ? greetLate() : act(.pause(milliseconds: pause))
    }
    guard let reply = answer.lines.first else { return send(Reply(220, nil, settings.banner)) }
    if reply.closes { return disconnect(reply) }
    if reply.code >= 400 { refusal = reply }
    // sendmail greets whom it does not let in, too.
    send(settings.wording.voice == .sendmail && reply.code >= 400 ? Reply(220, nil, settings.banner) : reply)
  }

  /// After a pause in which a client was to keep silent.
  mutating func greetLate() {
    phase = .command
    guard hasSpokenEarly else { return send(Reply(220, nil, settings.banner)) }
    refusal = Reply(550, "5.0.0", "Command rejected")
    send(Reply(554, nil, settings.hostName + Bytes(ascii: " ESMTP not accepting messages")))
  }

  private mutating func concludeGreeting(_ name: Bytes, isExtended extended: Bool, _ answer: ServerAnswer) {
    if let reply = answer.lines.first, reply.code >= 400 { return refuse(reply) }
    abandon()
    client.helo = name
    isExtended = extended
    let hello = answer.lines.first ?? say(settings.wording.hello)
    let extensions = extended ? extensionLines() : []
    send(hello, isLast: extensions.isEmpty)
    for (index, line) in extensions.enumerated() {
      send(Reply(250, nil, line), isLast: index == extensions.count - 1)
    }
  }

  private func extensionLines() -> [Bytes] {
    var offered = settings.offered
    offered.remove(.xclient)
    if settings.allowsXCLIENT { offered.insert(.xclient) }
    if isTLS { offered.remove(.startTLS) }
    if refusal != nil { offered = [.enhancedStatusCodes] }
    return settings.wording.extensions.filter(offered.contains).map { item in
      switch item {
      case .size where settings.limits.message > 0: Bytes("SIZE \(settings.limits.message)".utf8)
      case .xclient: Bytes("XCLIENT \(XCLIENT.names.joined(separator: " "))".utf8)
      default: Bytes(item.rawValue.utf8)
      }
    }
  }

  private mutating func concludeTurn(_ answer: ServerAnswer, _ ordinary: Reply) {
    let reply = answer.lines.first ?? ordinary
    if reply.code >= 400 { refuse(reply) } else { send(reply) }
  }

  private mutating func countRefusedRecipient() {
    counters.refusedRecipients += 1
    let limit = settings.limits.refusedRecipients
    if limit > 0, counters.refusedRecipients > limit { act(.delay(seconds: 1)) }
  }

  /// The reply, or in LMTP one for each recipient; then the next message may come.
  mutating func concludeMessage(_ answer: ServerAnswer) {
    let count = transaction?.recipients ?? 0
    let open = transaction
    transaction = nil
    if case .refusedAtEnd = answer, let open {
      transaction = Transaction(
        sender: open.sender, recipients: count, decoder: DataDecoder(settings.bareLineFeeds.inText))
    }
    counters.junk = 0
    var replies = answer.lines
    switch answer {
    case .queued(let id): replies = [say(settings.wording.queued, id)]
    case .proceed, .accepted, .greet: replies = [say(settings.wording.queued)]
    case .reply, .refusedAtEnd, .replies, .perRecipient: break
    }
    let wanted = settings.dialect == .lmtp ? count : 1
    guard let last = replies.last else { return disconnect(say(settings.wording.shuttingDown)) }
    while replies.count < wanted { replies.append(last) }
    for reply in replies.prefix(wanted) {
      if reply.code >= 400 { refuse(reply) } else { send(reply) }
      guard case .command = phase else { return }
    }
    if replies.allSatisfy({ $0.code < 400 }), settings.wording.voice == .postfix { counters.errors = 0 }
  }
}

extension ServerAnswer {
  /// The replies that the owner gave.
  var lines: [Reply] {
    switch self {
    case .proceed, .accepted, .greet, .queued: []
    case .reply(let reply), .refusedAtEnd(let reply): [reply]
    case .replies(let replies), .perRecipient(let replies): replies
    }
  }
}
