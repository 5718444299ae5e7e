// ServerSession+Commands.swift: what each command does, up to the question it asks.

import MailAddress
import Routing

extension ServerSession {
  mutating func handle(_ line: CommandLine) {
    let isForbidden = isForbidden(line)
    if isForbidden, settings.wording.voice == .postfix { return disconnect(say(settings.wording.forbidden)) }
    if let refusal = denial, !isAnsweredAnyway(line.command) { return deny(refusal) }
    if isForbidden { return disconnect(say(settings.wording.forbidden)) }
    counters.commands += 1
    guard !line.text.isEmpty else { return fail(say(settings.wording.empty, written(line))) }
    if settings.idleCommands.contains(line.word) { return send(say(settings.wording.ok)) }
    guard let command = line.command else { return failUnknown(line) }
    if settings.refusesSpeakingAhead, settings.wording.voice == .postfix, hasMoreInput,
      !isExtended || command.isLastOfGroup
    {
      return disconnect(Reply(554, "5.5.0", "Error: SMTP protocol synchronization"))
    }
    if settings.requiresTLS, !isTLS, !command.isBeforeTLS { return fail(say(settings.wording.tlsFirst)) }
    count(command)
    switch command {
    case .hello, .extendedHello, .localHello: greet(line, command)
    case .sender: beginTransaction(line)
    case .recipient: addRecipient(line)
    case .data: beginData(line)
    case .reset: reset(line)
    case .noop: send(say(settings.wording.ok))
    case .quit: disconnect(say(settings.wording.goodbye))
    case .verify:
      if settings.refusesVerify { return refuse(say(settings.wording.verifyRefused)) }
      inquire(line, settings.wording.verifyArgument) { .verify($0) }
    case .expand where settings.wording.voice == .sendmail:
      if settings.refusesExpand { return refuse(say(settings.wording.expandRefused)) }
      inquire(line, settings.wording.expandArgument) { .expand($0) }
    case .remoteQueue where settings.withheld.contains(.remoteQueue):
      refuse(say(settings.wording.turnRefused))
    case .remoteQueue:
      // Postfix keeps to one thing at a time.
      if settings.wording.voice == .postfix, transaction != nil { return fail(Self.turnInTransaction) }
      inquire(line, settings.wording.turnArgument) { .remoteQueue($0) }
    case .help:
      if let unavailable = settings.wording.help { help(line, unavailable) } else { failUnknown(line) }
    case .startTLS: startTLS(line)
    case .authenticate: authenticate(line)
    case .xclient where settings.allowsXCLIENT: speakFor(line)
    case .chunk where settings.wording.voice == .postfix:
      fail(say(settings.wording.notImplemented, line.written.shortened(for: .postfix)))
    case .send, .sendOrMail, .sendAndMail, .turn, .verbose: refuseObsolete(line)
    case .xclient, .xforward:
      if settings.wording.voice == .postfix { fail(Self.noAuthorization) } else { failUnknown(line) }
    case .expand, .chunk: failUnknown(line)
    }
  }

  private static let turnInTransaction = Reply(503, nil, "Error: MAIL transaction in progress")
  private static let noAuthorization = Reply(550, "5.7.0", "Error: insufficient authorization")

  /// sendmail stays polite to whom it does not let in.
  private func isAnsweredAnyway(_ command: SMTPCommand?) -> Bool {
    if command == .quit { return true }
    guard settings.wording.voice == .sendmail else { return false }
    return command == nil || [.hello, .extendedHello, .noop, .reset].contains(command)
  }

  private mutating func deny(_ reply: Reply) {
    if settings.wording.voice == .postfix { fail(reply) } else { refuse(reply) }
  }

  /// What a client that was not let in hears.
  private var denial: Reply? { refusal.map { reply in settings.wording.denied.map { say($0) } ?? reply } }

  /// A browser, or a header where a command is expected.
  private func isForbidden(_ line: CommandLine) -> Bool {
    // sendmail looks at the first command only, and at no header.
    guard settings.wording.voice == .postfix || counters.commands == 0 else { return false }
    if settings.forbiddenCommands.contains(line.word) { return true }
    guard settings.wording.voice == .postfix else { return false }
    if settings.forbidsOtherThanLetters, let first = line.text.first, !first.isLetter { return true }
    guard let end = line.text.firstIndex(of: .colon), end > line.text.startIndex else { return false }
    return line.text[..<end].allSatisfy { (0x21...0x7E).contains($0) }
  }

  private mutating func failUnknown(_ line: CommandLine) {
    fail(say(settings.wording.unknown, written(line)))
  }

  private func written(_ line: CommandLine) -> Bytes { line.written.shortened(for: settings.wording.voice) }

  private mutating func refuseObsolete(_ line: CommandLine) {
    guard settings.wording.voice == .sendmail else { return failUnknown(line) }
    if line.command == .verbose { return fail(Reply(502, "5.7.0", "Verbose unavailable")) }
    fail(say(settings.wording.notImplemented, line.written.shortened(for: .sendmail)))
  }

  // MARK: counting

  /// A refusal: it counts, and the last one closes the connection.
  mutating func fail(_ reply: Reply) {
    counters.errors += 1
    let limits = settings.limits
    if settings.wording.voice == .sendmail, limits.errors > 0, counters.errors > limits.errors {
      return disconnect(say(settings.wording.tooManyErrors))
    }
    if limits.errorsBeforeDelay > 0, limits.errorDelaySeconds > 0, counters.errors > limits.errorsBeforeDelay {
      delay(seconds: limits.errorDelaySeconds)
    }
    if reply.closes { return disconnect(reply) }
    send(reply)
    // Postfix does not wait for the next command.
    if settings.wording.voice == .postfix, limits.errors > 0, counters.errors >= limits.errors {
      disconnect(say(settings.wording.tooManyErrors))
    }
  }

  /// A refusal that sendmail does not count among bad commands.
  mutating func refuse(_ reply: Reply) {
    if settings.wording.voice == .postfix { return fail(reply) }
    reply.closes ? disconnect(reply) : send(reply)
  }

  private mutating func count(_ command: SMTPCommand) {
    if [.noop, .reset, .verify, .remoteQueue].contains(command), settings.limits.junkCommands > 0 {
      counters.junk += 1
      if counters.junk > settings.limits.junkCommands { counters.errors += 1 }
    }
    let key: SMTPCommand = command == .extendedHello ? .hello : command == .expand ? .verify : command
    guard let limit = settings.limits.repeats[key] else { return }
    counters.repeats[key, default: 0] += 1
    let excess = counters.repeats[key, default: 0] - limit
    // Twice as long each time, up to four minutes.
    if excess >= 0 { delay(seconds: min(1 << min(excess, 8), 240)) }
  }

  /// Topics of the help file; without one there is nothing to tell.
  private mutating func help(_ line: CommandLine, _ unavailable: Phrase) {
    guard let topics = settings.helpTopics else { return send(say(unavailable)) }
    let topic = line.argument.isEmpty ? Bytes(ascii: "smtp") : Array(line.argument)
    guard let lines = topics[topic.lowercased] else {
      return refuse(Reply(504, "5.3.0", Bytes(ascii: "HELP topic \"") + topic.printable + Bytes(ascii: "\" unknown")))
    }
    for text in lines { send(Reply(214, "2.0.0", text), isLast: false) }
    send(Reply(214, "2.0.0", "End of HELP info"))
  }

  // MARK: greeting

  private mutating func greet(_ line: CommandLine, _ command: SMTPCommand) {
    guard (command == .localHello) == (settings.dialect == .lmtp) else { return failUnknown(line) }
    if settings.refusesSpeakingAhead, settings.wording.voice == .sendmail, hasMoreInput {
      return refuseSpeakingAhead()
    }
    guard !line.argument.isEmpty else {
      return refuse(say(settings.wording.greetingArgument, Bytes(line.word.utf8)))
    }
    if settings.wording.voice == .sendmail, !settings.takesBogusGreetings,
      !line.argument.allSatisfy(Self.isInGreeting)
    {
      return refuse(say(settings.wording.badGreeting))
    }
    ask(.helo(name: Array(line.argument), isExtended: command != .hello))
  }

  /// What sendmail takes in a host name, and in an address in brackets.
  private static func isInGreeting(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || "[].-_#:".utf8.contains(byte)
  }

  // MARK: transaction

  private mutating func beginTransaction(_ line: CommandLine) {
    if settings.requiresGreeting || settings.dialect == .lmtp, client.helo == nil {
      return refuse(say(settings.wording.greetFirst))
    }
    guard transaction == nil else { return refuse(say(settings.wording.senderTwice)) }
    guard let path = PathArgument(line.argument, keyword: Bytes(ascii: "FROM"), allowsBlank: takesBlanks) else {
      return refuse(say(settings.wording.senderArgument, scanned(line.argument)))
    }
    do throws(ParameterFault) {
      ask(.sender(path, try SenderParameters(path.parameters, offered: settings.parameters)))
    } catch {
      refuse(settings.wording.reply(to: error, of: .sender, limit: settings.limits.message))
    }
  }

  private mutating func addRecipient(_ line: CommandLine) {
    guard let transaction else { return refuse(say(settings.wording.senderFirst)) }
    let limit = settings.limits.recipients
    let isFull = limit > 0 && transaction.recipients >= limit
    // sendmail does not even look at one too many.
    if isFull, settings.wording.voice == .sendmail { return refuse(say(settings.wording.tooManyRecipients)) }
    guard let path = PathArgument(line.argument, keyword: Bytes(ascii: "TO"), allowsBlank: takesBlanks) else {
      return refuse(say(settings.wording.recipientArgument, scanned(line.argument)))
    }
    if isFull { return refuse(say(settings.wording.tooManyRecipients)) }
    do throws(ParameterFault) {
      ask(.recipient(path, try RecipientParameters(path.parameters, offered: settings.parameters)))
    } catch {
      refuse(settings.wording.reply(to: error, of: .recipient, limit: 0))
    }
  }

  /// sendmail takes `MAIL FROM : <path>`.
  private var takesBlanks: Bool { settings.wording.voice == .sendmail }

  /// What sendmail says that it was scanning: the first word.
  private func scanned(_ argument: ArraySlice<UInt8>) -> Bytes {
    argument.prefix { $0 != .colon && !$0.isWhiteSpace }.shortened(for: .sendmail)
  }

  private mutating func beginData(_ line: CommandLine) {
    guard let transaction else { return refuse(say(settings.wording.dataWithoutSender)) }
    guard transaction.recipients > 0 else { return refuse(say(settings.wording.dataWithoutRecipient)) }
    if settings.wording.voice == .postfix, !line.argument.isEmpty {
      return refuse(say(settings.wording.noArgument, Bytes(ascii: "DATA")))
    }
    if settings.refusesSpeakingAhead, hasMoreInput { return disconnect(Self.protocolError) }
    ask(.dataBegin)
  }

  private mutating func reset(_ line: CommandLine) {
    if settings.wording.voice == .postfix, !line.argument.isEmpty {
      return refuse(say(settings.wording.noArgument, Bytes(ascii: "RSET")))
    }
    abandon()
    send(say(settings.wording.reset))
  }

  /// sendmail: who does not wait for the answer to a greeting gets no mail in.
  private mutating func refuseSpeakingAhead() {
    abandon()
    refusal = Reply(550, "5.0.0", "Command rejected")
    send(Self.protocolError)
  }

  private static let protocolError = Reply(554, "5.5.0", "SMTP protocol error")

  /// Ends a transaction without a message.
  mutating func abandon() {
    guard transaction != nil else { return }
    transaction = nil
    act(.abandon)
  }

  // MARK: the rest

  private mutating func inquire(_ line: CommandLine, _ complaint: Phrase, _ question: (Bytes) -> ServerQuestion) {
    guard !line.argument.isEmpty else { return refuse(say(complaint)) }
    if let command = line.command, settings.greetedCommands.contains(command), client.helo == nil {
      return refuse(say(settings.wording.greetFirstToAsk))
    }
    ask(question(Array(line.argument)))
  }

  /// There is none here; sendmail says so of the mechanism.
  private mutating func authenticate(_ line: CommandLine) {
    guard settings.wording.voice == .sendmail else { return fail(say(settings.wording.noAuthentication)) }
    let mechanism = line.argument.prefix { !$0.isWhiteSpace }
    guard !mechanism.isEmpty else { return refuse(Reply(501, "5.5.2", "AUTH mechanism must be specified")) }
    refuse(
      Reply(
        504, "5.3.3",
        Bytes(ascii: "AUTH mechanism ") + mechanism.shortened(for: .sendmail) + Bytes(ascii: " not available")))
  }

  private mutating func startTLS(_ line: CommandLine) {
    guard line.argument.isEmpty else { return refuse(say(settings.wording.noArgument, Bytes(ascii: "STARTTLS"))) }
    if isTLS { return refuse(say(settings.wording.tlsActive)) }
    if settings.withheld.contains(.startTLS), settings.wording.voice == .sendmail {
      return refuse(Reply(503, "5.5.0", "TLS not available"))
    }
    guard settings.offered.contains(.startTLS) else { return refuse(say(settings.wording.noTLS)) }
    if settings.isTLSBroken { return refuse(Reply(454, "4.7.0", "TLS not available due to local problem")) }
    abandon()
    send(say(settings.wording.startTLS))
    flush()
    discardInput()
    phase = .handshake
    act(.setTimeout(.handshake))
    act(.startTLS)
  }

  private mutating func speakFor(_ line: CommandLine) {
    guard transaction == nil else { return refuse(say(settings.wording.transactionOpen)) }
    do throws(XCLIENT.Fault) {
      ask(.xclient(try XCLIENT(line.argument)))
    } catch {
      refuse(error.reply)
    }
  }
}
