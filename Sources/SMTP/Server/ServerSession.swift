// ServerSession.swift: one client's dialogue with an SMTP or LMTP server.
//
//     starting --> pausing
//         |           |
//         `-------> command <----> asking --> data --> asking
//                     |   ^                              |
//                     v   `------------------------------'
//                 handshake, closed
//
// Bytes in, actions out: no socket, no clock, no thread. A session that needs to know
// something asks, and reads no further until its owner has answered; replies wait
// until the input is used up (RFC 2920), so that pipelined commands get one packet.
//
// Fails: never. Whatever comes in, a client gets a reply or is disconnected, and one
// DATA makes one message at most.

import MailAddress
import Routing

package struct ServerSession: Sendable {
  enum Phase {
    case starting, pausing, command, data, handshake, closed
    case asking(ServerQuestion)
  }

  package internal(set) var settings: ServerSettings
  /// As XCLIENT and HELO have left it.
  package internal(set) var client: Client
  package internal(set) var isExtended = false
  package internal(set) var isTLS = false
  /// The client spoke before it was greeted.
  package private(set) var hasSpokenEarly = false

  var phase = Phase.starting
  var transaction: Transaction?
  var counters = Counters()
  /// What a client that is not let in is told at each command.
  var refusal: Reply?
  var isDraining = false
  /// The connection begins with TLS.
  var isGreetedLater = false

  private var input: ArraySlice<UInt8> = []
  /// Up to here no line end was found in the input.
  private var scanned = 0
  private var output: Bytes = []
  private var actions: [ServerAction] = []

  /// From MAIL to the end of the data.
  struct Transaction {
    /// As the client wrote it.
    var sender: Bytes
    var recipients = 0
    var decoder: DataDecoder
    var header = HeaderMeter()
    var facts = MessageFacts()
    /// Why the rest of the data is thrown away.
    var fault: Reply?
  }

  struct Counters {
    var commands = 0
    var errors = 0
    var junk = 0
    var refusedRecipients = 0
    var repeats: [SMTPCommand: Int] = [:]
  }

  package init(_ settings: ServerSettings, client: Client) {
    self.settings = settings
    self.client = client
  }

  // MARK: what the owner calls

  package mutating func begin() -> [ServerAction] {
    guard case .starting = phase else { return [] }
    ask(.connection)
    return proceed()
  }

  /// Whether `receive` would read on; the owner stops reading the socket where not.
  package var wantsInput: Bool {
    switch phase {
    case .pausing, .command, .data: true
    case .starting, .handshake, .closed, .asking: false
    }
  }

  /// Whether the client has sent more than was read.
  package var hasMoreInput: Bool { !input.isEmpty }

  /// Between STARTTLS and `tlsStarted`: what comes is the handshake's.
  package var isHandshaking: Bool { if case .handshake = phase { true } else { false } }

  package mutating func receive(_ bytes: Bytes) -> [ServerAction] { receive(bytes[...]) }

  package mutating func receive(_ bytes: ArraySlice<UInt8>) -> [ServerAction] {
    switch phase {
    // In clear behind STARTTLS it is not the client's (RFC 3207, section 6).
    case .closed, .handshake: return []
    case .starting, .pausing, .asking(.connection): hasSpokenEarly = true
    default: break
    }
    if input.isEmpty {
      input = bytes
      scanned = bytes.startIndex
    } else {
      input += bytes
    }
    if case .pausing = phase { greetLate() }
    return proceed()
  }

  /// The time of the last `pause` is over.
  package mutating func pauseIsOver() -> [ServerAction] {
    guard case .pausing = phase else { return [] }
    greetLate()
    return proceed()
  }

  package mutating func answer(_ answer: ServerAnswer) -> [ServerAction] {
    guard case .asking(let question) = phase else { return [] }
    phase = .command
    conclude(question, answer)
    return proceed()
  }

  /// TLS is up: the client begins anew, as RFC 3207 (section 4.2) has it.
  ///
  /// - Parameter facts: what is known of it and of the client's certificate.
  package mutating func tlsStarted(_ facts: TLSFacts? = nil) -> [ServerAction] {
    guard case .handshake = phase else { return [] }
    isTLS = true
    isExtended = false
    client.helo = nil
    client.tls = facts
    act(.setTimeout(.command))
    ask(.secured)
    return proceed()
  }

  /// Before the first byte: the client speaks TLS and is greeted behind it.
  package mutating func beginWithTLS() -> [ServerAction] {
    guard case .starting = phase else { return [] }
    phase = .handshake
    isGreetedLater = true
    act(.setTimeout(.handshake))
    act(.startTLS)
    return proceed()
  }

  /// The time of the last `setTimeout` is over.
  package mutating func timeoutNow() -> [ServerAction] {
    switch phase {
    case .data: disconnect(say(settings.wording.dataTimeout, transaction?.sender ?? []))
    case .command:
      if let phrase = settings.wording.timeout { send(say(phrase)) }
      close()
    case .handshake: close()
    case .starting, .pausing, .asking, .closed: break
    }
    return proceed()
  }

  /// The client sends no more, and may still listen: sendmail takes what there is for a last line.
  package mutating func inputEnded() -> [ServerAction] {
    guard settings.wording.voice == .sendmail else { return peerClosed() }
    switch phase {
    case .command where !input.isEmpty: return receive([.newline])
    case .data: disconnect(say(settings.wording.dataEnd, transaction?.sender ?? []))
    default: return peerClosed()
    }
    return proceed()
  }

  package mutating func peerClosed() -> [ServerAction] {
    if case .closed = phase { return [] }
    // A message that is being queued stays accepted, though nobody hears of it.
    if case .asking(.messageComplete) = phase { transaction = nil }
    output = []
    close()
    return proceed()
  }

  /// The server goes down: an open transaction is carried to its end first.
  package mutating func shutDown() -> [ServerAction] {
    isDraining = true
    return proceed()
  }

  // MARK: the loop

  private mutating func proceed() -> [ServerAction] {
    while step() {}
    if case .asking = phase {} else { flush() }
    defer { actions = [] }
    return actions
  }

  /// Takes the next command or part of a message; false where there is none.
  private mutating func step() -> Bool {
    switch phase {
    case .command:
      if isDraining, transaction == nil {
        disconnect(say(settings.wording.shuttingDown))
        return false
      }
      guard let line = nextLine() else { return false }
      handle(CommandLine(line))
      return true
    case .data: return readData()
    case .starting, .pausing, .handshake, .closed, .asking: return false
    }
  }

  /// The next command line without its end. Lines that are refused as such are answered here.
  private mutating func nextLine() -> ArraySlice<UInt8>? {
    while case .command = phase {
      let limit = settings.limits.commandLine
      let end = input.next(.newline, from: scanned)
      let length = (end ?? input.endIndex) - input.startIndex
      if limit > 0, length >= limit, let reply = settings.wording.lineTooLong {
        disconnect(say(reply))
        return nil
      }
      guard let end else {
        // Postfix reads no further than the limit, and passes over the rest.
        if limit > 0 { input = input.prefix(limit) }
        scanned = input.endIndex
        return nil
      }
      let line = limit > 0 ? input[..<end].prefix(limit) : input[..<end]
      input = input[(end + 1)...]
      scanned = input.startIndex
      let hasReturn = line.last == .carriageReturn
      if !hasReturn, case .refused(let code) = settings.bareLineFeeds, settings.wording.voice == .postfix {
        disconnect(bareLineFeed(code))
        return nil
      }
      return readable(hasReturn ? line.dropLast() : line)
    }
    return nil
  }

  /// The line as both programs read it: up to a NUL, and a CR within it is a blank.
  private func readable(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let text = line.next(0, from: line.startIndex).map { line[..<$0] } ?? line
    guard text.next(.carriageReturn, from: text.startIndex) != nil else { return text }
    return text.map { $0 == .carriageReturn ? .blank : $0 }[...]
  }

  private func bareLineFeed(_ code: Int) -> Reply {
    let reply = say(settings.wording.bareLineFeed)
    return Reply(code, reply.enhancedCode, reply.text)
  }

  private mutating func readData() -> Bool {
    guard var current = transaction else { return false }
    let limits = settings.limits
    var parts: [ArraySlice<UInt8>] = []
    let outcome = current.decoder.decode(&input) { parts.append($0) }
    scanned = input.startIndex
    for part in parts where current.fault == nil {
      current.facts.size += part.count
      if !current.header.hasEnded { current.header.read(part) }
      current.facts.hasEightBit = current.facts.hasEightBit || part.hasEightBit
      current.fault = fault(of: current)
      act(current.fault == nil ? .content(part) : .abandon)
    }
    if current.fault == nil, limits.textLine > 0, current.decoder.longestLine > limits.textLine {
      current.fault = say(settings.wording.textLineTooLong, limit: limits.textLine)
      act(.abandon)
    }
    transaction = current
    switch outcome {
    case .needsMore: return false
    case .fault(.bareLineFeed): disconnect(say(settings.wording.bareLineFeed))
    case .fault(.bareCarriageReturn): disconnect(say(settings.wording.bareReturn))
    case .ended: endOfMessage(current)
    }
    return true
  }

  /// The limit that a message in progress has passed.
  private func fault(of current: Transaction) -> Reply? {
    let limits = settings.limits
    if limits.message > 0, current.facts.size > limits.message {
      return say(settings.wording.messageTooLarge, limit: limits.message)
    }
    if limits.header > 0, current.header.sizeSoFar > limits.header {
      return say(settings.wording.headerTooLarge, limit: limits.header)
    }
    if limits.hops > 0, current.header.hops > limits.hops {
      return say(settings.wording.tooManyHops, limit: limits.hops)
    }
    return nil
  }

  private mutating func endOfMessage(_ current: Transaction) {
    phase = .command
    act(.setTimeout(.command))
    if let fault = current.fault {
      concludeMessage(.reply(fault))
    } else if case .refused(let code) = settings.bareLineFeeds, current.decoder.hasBareLineFeed {
      act(.abandon)
      concludeMessage(.reply(bareLineFeed(code)))
    } else {
      var facts = current.facts
      facts.headerSize = current.header.size
      facts.hops = current.header.hops
      facts.longestLine = current.decoder.longestLine
      ask(.messageComplete(facts))
    }
  }

  // MARK: out

  /// A phrase of this voice, filled in.
  package func say(_ phrase: Phrase, _ argument: Bytes = [], limit: Int = 0) -> Reply {
    phrase.reply(
      PhraseValues(
        host: settings.hostName, client: settings.wording.client(client), clientName: client.name ?? client.address,
        argument: argument, limit: limit))
  }

  mutating func act(_ action: ServerAction) { actions.append(action) }

  mutating func ask(_ question: ServerQuestion) {
    phase = .asking(question)
    act(.ask(question))
  }

  mutating func send(_ reply: Reply, isLast: Bool = true) {
    guard reply.code >= 400, !settings.refusalFooter.isEmpty else { return reply.append(to: &output, isLast: isLast) }
    let footer = settings.refusalFooter
    let goesOn = footer.starts(with: Bytes(ascii: "\\c"))
    let text = reply.text + (goesOn ? Bytes(footer.dropFirst(2)) : [.newline] + footer)
    Reply(reply.code, reply.enhancedCode, text).append(to: &output, isLast: isLast)
  }

  mutating func flush() {
    guard !output.isEmpty else { return }
    act(.send(output))
    output = []
  }

  mutating func delay(seconds: Int) {
    flush()
    act(.delay(seconds: seconds))
  }

  mutating func close() {
    flush()
    if transaction != nil, transaction?.fault == nil { act(.abandon) }
    transaction = nil
    input = []
    act(.close)
    phase = .closed
  }

  mutating func disconnect(_ reply: Reply) {
    send(reply)
    close()
  }

  /// Commands that came before the handshake are not the client's (RFC 3207, section 6).
  mutating func discardInput() {
    input = []
    scanned = 0
  }
}
