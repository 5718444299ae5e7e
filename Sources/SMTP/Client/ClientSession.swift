// ClientSession.swift: one dialogue with an SMTP or LMTP server that is sent mail.
//
//     greeting --> hello --> (STARTTLS --> hello) --> idle <--> MAIL RCPT.. DATA
//                                                      |            | 354
//                                                      v            v
//                                                     quit    content --> replies --> idle
//
// Replies' bytes in, actions out. Commands are sent together where the server offers
// PIPELINING; `expected` holds what each reply to come will answer.
//
// Fails: never. A server that refuses, hangs up, is silent or talks nonsense leaves
// each recipient delivered, deferred or failed.

import MailAddress
import Routing

package struct ClientSession: Sendable {
  enum Step {
    case greeting, extendedHello, hello, startTLS, sender, data, end, reset, quit
    case recipient(Int)
  }

  package let settings: ClientSettings
  /// The words that EHLO listed, in capital letters, with what follows them.
  package private(set) var offers: [String: Bytes] = [:]
  package private(set) var isTLS = false
  /// Greeted, and between two messages.
  package private(set) var isIdle = false
  package private(set) var isClosed = false

  var message: OutgoingMessage?
  var results: [RecipientResult?] = []
  var accepted: [Int] = []
  /// Commands of the envelope that were not sent yet, without pipelining.
  var unsent: [(step: Step, line: Bytes)] = []
  var expected: [Step] = []
  var isSendingContent = false
  private var parser = ReplyParser()
  private var isHandshaking = false
  private var isBeingJudged = false
  private var output: Bytes = []
  private var actions: [ClientAction] = []

  /// It has said so.
  package var takesEightBit: Bool { offers["8BITMIME"] != nil }

  package init(_ settings: ClientSettings) { self.settings = settings }

  // MARK: what the owner calls

  package mutating func begin() -> [ClientAction] {
    if settings.beginsWithTLS {
      beginHandshake()
    } else {
      expected = [.greeting]
    }
    return taken()
  }

  /// Sends a message, at once or when the greetings are over. One at a time.
  package mutating func send(_ next: OutgoingMessage) -> [ClientAction] {
    message = next
    results = Array(repeating: nil, count: next.recipients.count)
    accepted = []
    if isClosed {
      finishUndecided(lost(.greeting))
    } else if isIdle {
      beginMessage()
    }
    return taken()
  }

  package mutating func receive(_ bytes: Bytes) -> [ClientAction] { receive(bytes[...]) }

  package mutating func receive(_ bytes: ArraySlice<UInt8>) -> [ClientAction] {
    guard !isClosed, !isHandshaking else { return [] }
    parser.feed(bytes)
    do throws(ReplyParser.Fault) {
      while !isClosed, !isHandshaking, let reply = try parser.next() { handle(reply) }
    } catch {
      breakOff(Reply(451, "4.5.0", Self.describe(error)))
    }
    return taken()
  }

  package mutating func contentSent() -> [ClientAction] {
    guard isSendingContent else { return [] }
    isSendingContent = false
    return taken()
  }

  package mutating func tlsStarted() -> [ClientAction] {
    guard isHandshaking else { return [] }
    isHandshaking = false
    isTLS = true
    if settings.beginsWithTLS {
      expected = [.greeting]
      return taken()
    }
    // What was offered in clear is forgotten (RFC 3207, section 4.2).
    offers = [:]
    sayHello()
    return taken()
  }

  /// - Parameter refusal: why TLS that is up will not do; nil where the handshake failed.
  package mutating func tlsFailed(_ refusal: Reply? = nil) -> [ClientAction] {
    guard isHandshaking else { return [] }
    isHandshaking = false
    breakOff(refusal ?? Reply(451, "4.7.5", "Cannot start TLS: handshake failure"))
    return taken()
  }

  /// The answer to `ClientAction.judge`.
  ///
  /// - Parameters:
  ///   - connection: why nothing is sent by it.
  ///   - recipients: why one gets nothing by it; empty where all do.
  package mutating func judged(connection: Reply?, recipients: [Reply?]) -> [ClientAction] {
    guard isIdle, isBeingJudged, message != nil else { return [] }
    isBeingJudged = false
    for (index, reply) in recipients.enumerated() where results.indices.contains(index) {
      guard let reply = connection ?? reply else { continue }
      results[index] = RecipientResult(outcome: reply.outcome, reply: reply, isFromServer: true, stage: .recipient)
    }
    if let connection {
      refuseAll(connection, at: .startTLS)
    } else if results.allSatisfy({ $0 != nil }) {
      finish(resetting: false)
    } else {
      beginMessage()
    }
    return taken()
  }

  package mutating func timeoutNow() -> [ClientAction] {
    if !isClosed { breakOff(Reply(451, "4.4.2", "conversation timed out while awaiting the reply to \(stage.name)")) }
    return taken()
  }

  package mutating func peerClosed() -> [ClientAction] {
    if !isClosed { breakOff(lost(stage)) }
    return taken()
  }

  package mutating func quit() -> [ClientAction] {
    guard isIdle else { return [] }
    isIdle = false
    say(.quit, Bytes(ascii: "QUIT"))
    return taken()
  }

  // MARK: replies

  private mutating func handle(_ reply: Reply) {
    guard !expected.isEmpty else {
      // 421 comes unasked; anything else is out of step.
      return breakOff(reply.code == 421 ? reply : Reply(451, "4.5.0", "the server speaks unasked"))
    }
    let step = expected.removeFirst()
    if reply.code == 421, !step.isQuit { return breakOff(reply, isFromServer: true, at: step.stage) }
    switch step {
    case .greeting: handleGreeting(reply)
    case .extendedHello: handleExtendedHello(reply)
    case .hello: reply.isSuccess ? becomeIdle() : refuseAll(reply, at: .hello)
    case .startTLS: handleStartTLS(reply)
    case .sender, .recipient, .data: handleEnvelope(step, reply)
    case .end: handleEnd(reply)
    case .reset: reply.isSuccess ? becomeIdle() : breakOff(reply)
    // Nobody hears of a message that was handed over since.
    case .quit: breakOff(lost(.quit))
    }
  }

  private mutating func handleGreeting(_ reply: Reply) {
    guard reply.isSuccess else {
      let isDeferred = settings.defersRefusedGreeting && reply.code >= 500
      return refuseAll(reply, at: .greeting, outcome: isDeferred ? .deferred : nil)
    }
    let isKnown = settings.usesExtendedHello || settings.dialect == .lmtp || settings.tls == .required
    if isKnown || reply.text.lowercased.split(separator: .blank).contains(Bytes(ascii: "esmtp")[...]) {
      sayHello()
    } else {
      say(.hello, Bytes(ascii: "HELO ") + settings.heloName)
    }
  }

  private mutating func sayHello() {
    let word = settings.dialect == .lmtp ? "LHLO " : "EHLO "
    say(.extendedHello, Bytes(word.utf8) + settings.heloName)
  }

  private mutating func handleExtendedHello(_ reply: Reply) {
    guard reply.isSuccess else {
      // A server of old knows HELO only; one that says "not now" means it.
      guard settings.dialect == .smtp, reply.code >= 500, !isTLS else { return refuseAll(reply, at: .hello) }
      if settings.tls == .required || settings.tls == .unavailable { return breakOff(noTLS) }
      return say(.hello, Bytes(ascii: "HELO ") + settings.heloName)
    }
    for line in reply.text.split(separator: .newline).dropFirst() {
      let word = line.prefix { $0 != .blank && $0 != .equals }
      offers[word.map(\.uppercased).text] = Array(line[word.endIndex...].dropFirst())
    }
    let isOffered = offers["STARTTLS"] != nil
    switch settings.tls {
    case _ where isTLS: becomeIdle()
    case .opportunistic where isOffered, .required where isOffered: say(.startTLS, Bytes(ascii: "STARTTLS"))
    case .required: breakOff(noTLS)
    case .unavailable: refuseAll(Self.brokenTLS, at: .startTLS, outcome: .deferred)
    case .never, .opportunistic: becomeIdle()
    }
  }

  private var noTLS: Reply {
    Reply(451, "4.7.4", Bytes(ascii: "TLS is required, but was not offered") + named(" by host "))
  }

  private static let brokenTLS = Reply(451, "4.7.5", "TLS is required, but our TLS engine is unavailable")

  private func named(_ before: String) -> Bytes {
    settings.serverName.isEmpty ? [] : Bytes(before.utf8) + settings.serverName
  }

  private mutating func handleStartTLS(_ reply: Reply) {
    guard reply.isSuccess else {
      if settings.tls == .required { return refuseAll(reply, at: .startTLS, outcome: .deferred) }
      return becomeIdle()
    }
    beginHandshake()
  }

  private mutating func beginHandshake() {
    parser.discard()
    isHandshaking = true
    act(.startTLS)
    act(.setTimeout(.startTLS))
  }

  private mutating func becomeIdle() {
    isIdle = true
    guard message != nil else { return }
    guard settings.isJudged else { return beginMessage() }
    isBeingJudged = true
    act(.judge)
  }

  mutating func beginMessage() {
    isIdle = false
    sendEnvelope()
  }

  // MARK: ends

  /// Ends the message with what was decided, and is ready for the next.
  mutating func finish(resetting: Bool) {
    act(.finished(results.compactMap { $0 }))
    message = nil
    results = []
    unsent = []
    if resetting { say(.reset, Bytes(ascii: "RSET")) } else { isIdle = true }
  }

  /// The server wants nothing from us.
  private mutating func refuseAll(_ reply: Reply, at stage: ClientStage, outcome: RecipientResult.Outcome? = nil) {
    finishUndecided(reply, isFromServer: true, at: stage, outcome: outcome)
    say(.quit, Bytes(ascii: "QUIT"))
  }

  /// Nothing can be said any more: what is undecided is deferred.
  mutating func breakOff(_ reply: Reply, isFromServer: Bool = false, at stage: ClientStage? = nil) {
    if isSendingContent { act(.stopContent) }
    isSendingContent = false
    finishUndecided(reply, isFromServer: isFromServer, at: stage, outcome: .deferred)
    close()
  }

  private mutating func finishUndecided(
    _ reply: Reply, isFromServer: Bool = false, at stage: ClientStage? = nil,
    outcome: RecipientResult.Outcome? = nil
  ) {
    guard message != nil else { return }
    for index in results.indices where results[index] == nil {
      results[index] = RecipientResult(
        outcome: outcome ?? reply.outcome, reply: reply, isFromServer: isFromServer, stage: stage ?? self.stage)
    }
    act(.finished(results.compactMap { $0 }))
    message = nil
    results = []
    unsent = []
  }

  private mutating func close() {
    flush()
    isIdle = false
    isClosed = true
    expected = []
    act(.close)
  }

  private func lost(_ stage: ClientStage) -> Reply {
    Reply(451, "4.4.2", "lost connection while awaiting the reply to \(stage.name)")
  }

  /// What the next reply answers.
  private var stage: ClientStage { isSendingContent ? .content : expected.first?.stage ?? .greeting }

  private static func describe(_ fault: ReplyParser.Fault) -> Bytes {
    switch fault {
    case .notAReply(let line): Bytes(ascii: "the server sent what is no reply: ") + line
    case .tooLong: Bytes(ascii: "the server's reply is too long")
    }
  }

  // MARK: out

  mutating func act(_ action: ClientAction) {
    flush()
    actions.append(action)
  }

  /// Sends a line whose reply is the next one expected.
  mutating func say(_ step: Step, _ line: Bytes) {
    // A byte that ends a line would be another command.
    output += line.lazy.filter { $0 != .carriageReturn && $0 != .newline && $0 != 0 }
    output += [.carriageReturn, .newline]
    expected.append(step)
  }

  mutating func sendLoneDot() { output += [.dot, .carriageReturn, .newline] }

  private mutating func flush() {
    guard !output.isEmpty else { return }
    actions.append(.send(output))
    output = []
  }

  private mutating func taken() -> [ClientAction] {
    flush()
    if !isClosed, !isSendingContent, !isHandshaking, let next = expected.first {
      actions.append(.setTimeout(next.stage))
    }
    defer { actions = [] }
    return actions
  }
}

extension ClientSession.Step {
  var isQuit: Bool {
    if case .quit = self { true } else { false }
  }

  var stage: ClientStage {
    switch self {
    case .greeting: .greeting
    case .extendedHello, .hello: .hello
    case .startTLS: .startTLS
    case .sender: .sender
    case .recipient: .recipient
    case .data: .data
    case .end: .end
    case .reset: .reset
    case .quit: .quit
    }
  }
}

extension Reply {
  var isSuccess: Bool { (200..<300).contains(code) }

  var outcome: RecipientResult.Outcome {
    switch code {
    case 200..<300: .delivered
    case 500..<600: .failed
    default: .deferred
    }
  }
}
