// Submit.swift: a message from the standard input to the queue, and out of it.
//
//     input ─► header, recipients ─► control socket ─► on the disk ─► exit 0
//                                                          └─ -odi, -v: how each attempt ended

import Glibc
import MTA
import MailAddress
import Posix
import Routing
import SMTP

extension SendmailCommand {
  func deliver(_ configuration: LoadedConfiguration) throws(RuntimeError) -> ExitStatus {
    guard invocation.takesHeaderRecipients || !invocation.recipients.isEmpty else {
      return noRecipients()
    }
    let traffic: TrafficLog?
    do throws(RuntimeError) { traffic = try trafficLog() } catch {
      say("\(error)")
      return error.status
    }
    var outcome = Outcome(isQuiet: "qmew".utf8.contains(errorMode(configuration))) { text in
      say(text)
      traffic?.take(Bytes((text + "\n").utf8), isInput: false)
    }
    outcome.showsCodes = invocation.showsCodes
    let sender = sender(configuration, &outcome)
    let input = try standardInput()
    let message = SubmittedMessage(input, endsAtDot: !ignoresDots(configuration))
    traffic?.read(input, endsAtDot: !ignoresDots(configuration))
    let recipients = recipients(message, configuration, &outcome)
    guard !recipients.isEmpty else {
      if invocation.takesHeaderRecipients { outcome.tell("No recipient addresses found in header") }
      return configuration.isPostfix ? .dataError : outcome.status
    }
    return try submit(message, outgoing(message, from: sender, to: recipients), configuration, &outcome)
  }

  func noRecipients() -> ExitStatus {
    let text = "Recipient names must be specified"
    say(invocation.showsCodes ? "550 \(text)\r" : text)
    return .usage
  }

  func trafficLog() throws(RuntimeError) -> TrafficLog? {
    guard let path = invocation.trafficFile else { return nil }
    return try TrafficLog(path)
  }

  /// Those of the command line, each list from its end as sendmail takes it, and of the header.
  private func recipients(
    _ message: SubmittedMessage, _ configuration: LoadedConfiguration, _ outcome: inout Outcome
  ) -> [Bytes] {
    var result: [Bytes] = []
    for argument in invocation.recipients {
      let (mended, problems) = configuration.mended(argument)
      for problem in problems { outcome.isMalformed(argument, problem) }
      let addresses = SubmittedMessage.addresses(mended)
      result += argument.contains(.comma) && !configuration.isPostfix ? addresses.reversed() : addresses
    }
    if invocation.takesHeaderRecipients { result += message.headerRecipients }
    var seen: Set<Bytes> = []
    return result.filter { seen.insert($0).inserted }
  }

  private func standardInput() throws(RuntimeError) -> Bytes {
    do throws(Errno) { return try readAll(0) } catch {
      throw RuntimeError("cannot read the message: \(error)", .inputOutput)
    }
  }

  private func ignoresDots(_ configuration: LoadedConfiguration) -> Bool {
    invocation.ignoresDots || isOn(option("IgnoreDots", configuration))
  }

  // MARK: into the queue

  private func submit(
    _ message: SubmittedMessage, _ outgoing: OutgoingMessage, _ configuration: LoadedConfiguration,
    _ outcome: inout Outcome
  ) throws(RuntimeError) -> ExitStatus {
    let submission = submission(configuration)
    let settings = settings(configuration, stateFolder: stateFolder(configuration))
    var background: Background?
    let access = QueueAccess(configuration, settings)
    defer { access.close() }
    func prepare() throws(RuntimeError) {
      if submission.mode == .background { background = try goToBackground() }
    }
    let results: [RecipientResult]
    do throws(RuntimeError) {
      results = try access.use(prepare: prepare) { client throws(RuntimeError) in
        try client.submit(outgoing, message.content, as: submission)
      }
    } catch {
      say("\(invocation.name): \(error)", on: 2)
      background?.release(error.status)
      return error.status
    }
    tell(of: results, outgoing.recipients.map(\.address), configuration, &outcome)
    if submission.mode == .interactive, let id = results.lazy.compactMap({ queueID(in: $0) }).first {
      // It is on the disk: should the runtime end now, the next one sends it.
      let reports = (try? access.use { client throws(RuntimeError) in try client.deliver([id]) }) ?? []
      if isVerbose(configuration) { for line in attemptLines(reports) { outcome.tell(line) } }
      for report in reports { outcome.attempted(report) }
    }
    if outcome.hasRefused, errorMode(configuration) == 0x70, !mailsRefusals(configuration) {
      saveDeadLetter(message) { outcome.tell(invocation.showsCodes ? "050 \($0)\r" : $0) }
    }
    let status: ExitStatus = errorMode(configuration) == 0x65 ? .ok : outcome.status
    background?.release(status)
    return status
  }

  /// What the engine says of recipients and of those in aliases, and the runtime of the rest.
  private func tell(
    of results: [RecipientResult], _ recipients: [Bytes], _ configuration: LoadedConfiguration,
    _ outcome: inout Outcome
  ) {
    let answers = configuration.isPostfix ? [] : configuration.answer(recipients: recipients).recipients
    for (index, result) in results.enumerated() where recipients.indices.contains(index) {
      let problems = answers.indices.contains(index) ? problems(answers[index]) : []
      for (address, reply) in problems { outcome.refused(address, reply) }
      if problems.isEmpty, result.outcome != .delivered { outcome.refused(recipients[index], result.reply) }
    }
  }

  private func problems(_ answer: RecipientAnswer) -> [(Bytes, Reply)] {
    if let reply = answer.decision.refusal { return [(answer.given, reply)] }
    return answer.deliveries.compactMap { delivery in
      if case .bounce(let reply) = delivery.destination { (delivery.resolution.user, reply) } else { nil }
    }
  }

  private func outgoing(_ message: SubmittedMessage, from sender: Bytes, to recipients: [Bytes]) -> OutgoingMessage {
    let notify = invocation.notify.flatMap { try? Notify($0) }
    var outgoing = OutgoingMessage(
      sender: sender,
      recipients: recipients.map {
        OutgoingMessage.Recipient($0, parameters: RecipientParameters(notify: notify))
      },
      size: message.content.count,
      hasEightBit: invocation.body.isEmpty ? message.hasEightBit : invocation.body.first == 0x38)
    outgoing.returning = invocation.returned.map { $0.first == 0x66 ? .full : .headers }
    outgoing.envelopeID = invocation.envelopeID
    return outgoing
  }

  /// The word of the reply that is the message's name in the queue.
  private func queueID(in result: RecipientResult) -> Bytes? {
    guard result.outcome == .delivered else { return nil }
    return result.reply.text.split(whereSeparator: \.isWhiteSpace).map { Bytes($0) }.first {
      ControlClient.isQueueID($0)
    }
  }

  func goToBackground() throws(RuntimeError) -> Background {
    do throws(Errno) { return try Background(orElse: .temporaryFailure) } catch {
      throw RuntimeError("cannot make a process: \(error)", .systemError)
    }
  }

  /// The message that a wrong option keeps from being sent.
  func saveUnsent() {
    guard let input = try? readAll(0) else { return }
    saveDeadLetter(SubmittedMessage(input, endsAtDot: !invocation.ignoresDots)) { say($0) }
  }

  /// What could not be sent, for the user to find.
  private func saveDeadLetter(_ message: SubmittedMessage, _ tell: (String) -> Void) {
    let path = (variable("HOME") ?? user.home) + "/dead.letter"
    let date = localDate(Int(time(nil)), "%a %b %e %H:%M:%S %Y")
    let text = Bytes("From \(user.name) \(date)\n".utf8) + message.content.filter { $0 != 0x0D } + [.newline]
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return tell("Cannot open \(path): \(Errno.last)") }
    defer { close(descriptor) }
    do throws(Errno) {
      try writeAll(descriptor, text)
      tell("\(path)... Saved message in \(path)")
    } catch { tell("Cannot write \(path): \(error)") }
  }

  // MARK: SMTP

  func speakSMTP(_ configuration: LoadedConfiguration) throws(RuntimeError) -> ExitStatus {
    let settings = settings(configuration, stateFolder: stateFolder(configuration))
    let access = QueueAccess(configuration, settings)
    defer { access.close() }
    let traffic = try trafficLog()
    var submission = submission(configuration)
    // Nobody asks for the deliveries of a dialogue.
    if submission.mode == .interactive { submission.mode = .background }
    let isPostfix = configuration.isPostfix
    try access.use { client throws(RuntimeError) in
      try client.talk(submission, convertsLineEnds: isPostfix, input: 0, output: 1) {
        traffic?.take($0, isInput: $1)
      }
    }
    return .ok
  }
}
