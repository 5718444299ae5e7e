// Submit.swift: a message from the standard input to the queue, and out of it.
//
//     input ─► header, recipients ─► control socket ─► on the disk ─► exit 0
//                                                          └─ -odi, -v: how each attempt ended
//
// Statuses are sendmail's: 67 for an unknown user, 68 for a host, 75 for later.

import Glibc
import MTA
import MailAddress
import Posix
import Routing
import SMTP

extension SendmailCommand {
  func deliver(_ configuration: LoadedConfiguration) throws(RuntimeError) -> ExitStatus {
    guard invocation.takesHeaderRecipients || !invocation.recipients.isEmpty else {
      say("Recipient names must be specified")
      return .usage
    }
    guard invocation.quarantine == nil else {
      throw RuntimeError("-Q is for what is queued: say what by -q, as in -qIid", .usage)
    }
    let message = SubmittedMessage(try standardInput(), endsAtDot: !ignoresDots(configuration))
    var recipients = invocation.recipients.flatMap { SubmittedMessage.addresses($0) }
    if invocation.takesHeaderRecipients { recipients += message.headerRecipients }
    var seen: Set<Bytes> = []
    recipients = recipients.filter { seen.insert($0).inserted }
    guard !recipients.isEmpty else {
      say("No recipient addresses found in header")
      return configuration.isPostfix ? .usage : .ok
    }
    return try submit(message, to: recipients, configuration)
  }

  private func standardInput() throws(RuntimeError) -> Bytes {
    do throws(Errno) { return try readAll(0) } catch {
      throw RuntimeError("cannot read the message: \(error)", .inputOutput)
    }
  }

  private func ignoresDots(_ configuration: LoadedConfiguration) -> Bool {
    invocation.ignoresDots || isOn(option("IgnoreDots", configuration))
  }

  // MARK: who sends

  private var user: UserAccount { UserAccount.current }

  /// As `-f` has it, or the user who calls.
  private var sender: Bytes {
    guard let given = invocation.sender else { return Bytes(user.name.utf8) }
    if given == Bytes(ascii: "<>") { return [] }
    return SubmittedMessage.addresses(given).first ?? []
  }

  /// `-F`, NAME, or what /etc/passwd says; `&` stands for the user's name there.
  private var fullName: Bytes {
    if let given = invocation.fullName { return given }
    if let name = variable("NAME") { return Bytes(name.utf8) }
    var result: Bytes = []
    for byte in user.comment.prefix(while: { $0 != .comma }) {
      if byte == 0x26 {
        var name = Bytes(user.name.utf8)
        if let first = name.first, first.isLetter { name[0] = first & 0x5F }
        result += name
      } else {
        result.append(byte)
      }
    }
    return result
  }

  func submission(_ configuration: LoadedConfiguration) -> Submission {
    var submission = Submission(login: Bytes("\(user.name)@localhost".utf8), fullName: fullName)
    submission.hops = invocation.hops
    submission.warnings = warnings(configuration)
    let mode = option("DeliveryMode", configuration)?.utf8.first ?? 0x62
    submission.mode =
      invocation.isVerbose && mode == 0x62 ? .interactive : Submission.Mode(rawValue: mode | 0x20) ?? .background
    // Postfix takes what its sendmail command is given, and returns what it cannot deliver.
    submission.bouncesRefused = configuration.isPostfix || "me".utf8.contains(errorMode(configuration))
    return submission
  }

  private func errorMode(_ configuration: LoadedConfiguration) -> UInt8 {
    option("ErrorMode", configuration)?.lowercased().utf8.first ?? 0x70
  }

  /// What the .cf wants noted of users who are not trusted.
  private func warnings(_ configuration: LoadedConfiguration) -> [Bytes] {
    let flags = (option("PrivacyOptions", configuration) ?? "").lowercased()
    guard flags.contains("authwarnings") || flags.contains("goaway"), user.account.user != 0,
      !configuration.trusts(Bytes(user.name.utf8))
    else { return [] }
    let host = configuration.name.text
    var result: [String] = []
    if let path = invocation.configuration { result.append("Processed by \(user.name) with -C \(path)") }
    if invocation.mode == .smtp { result.append("\(user.name) owned process doing -bs") }
    if invocation.sender != nil, sender != Bytes(user.name.utf8) {
      result.append("\(user.name) set sender to \(sender.isEmpty ? "<>" : sender.text) using -f")
    }
    return result.map { Bytes("\(host): \($0)".utf8) }
  }

  // MARK: into the queue

  private func submit(
    _ message: SubmittedMessage, to recipients: [Bytes], _ configuration: LoadedConfiguration
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
        try client.submit(outgoing(message, recipients), message.content, as: submission)
      }
    } catch {
      say("\(invocation.name): \(error)", on: 2)
      background?.release(error.status)
      return error.status
    }
    var outcome = Outcome(isQuiet: "qme".utf8.contains(errorMode(configuration)))
    for (recipient, result) in zip(recipients, results) where result.outcome != .delivered {
      outcome.refused(recipient, result.reply)
    }
    // Those were taken, and come back by mail; the status tells it at once.
    if submission.bouncesRefused, !configuration.isPostfix {
      for (recipient, answer) in zip(recipients, configuration.answer(recipients: recipients).recipients) {
        if let reply = answer.decision.refusal { outcome.refused(recipient, reply) }
      }
    }
    let isTaken = results.contains { $0.outcome == .delivered }
    if isTaken, submission.mode == .interactive {
      let id = results.lazy.compactMap { $0.outcome == .delivered ? queueID(in: $0.reply) : nil }.first
      // It is on the disk: should the runtime end now, the next one sends it.
      let reports = try? access.use { client throws(RuntimeError) in try client.deliver(id.map { [$0] } ?? []) }
      for report in reports ?? [] { outcome.attempted(report, isVerbose: invocation.isVerbose) }
    }
    if outcome.hasRefused, errorMode(configuration) == 0x70 { saveDeadLetter(message) }
    let status: ExitStatus = errorMode(configuration) == 0x65 ? .ok : outcome.status
    background?.release(status)
    return status
  }

  private func outgoing(_ message: SubmittedMessage, _ recipients: [Bytes]) -> OutgoingMessage {
    let notify = invocation.notify.flatMap { try? Notify($0) }
    var outgoing = OutgoingMessage(
      sender: sender,
      recipients: recipients.map {
        OutgoingMessage.Recipient($0, parameters: RecipientParameters(notify: notify))
      },
      size: message.content.count, hasEightBit: invocation.isEightBit ?? message.hasEightBit)
    outgoing.returning = invocation.returned.map { $0.first == 0x66 ? .full : .headers }
    outgoing.envelopeID = invocation.envelopeID
    return outgoing
  }

  /// The word of the reply that is the message's name in the queue.
  private func queueID(in reply: Reply) -> Bytes? {
    reply.text.split(whereSeparator: \.isWhiteSpace).map { Bytes($0) }.first { ControlClient.isQueueID($0) }
  }

  func goToBackground() throws(RuntimeError) -> Background {
    do throws(Errno) { return try Background(orElse: .temporaryFailure) } catch {
      throw RuntimeError("cannot make a process: \(error)", .systemError)
    }
  }

  /// What could not be sent, for the user to find.
  private func saveDeadLetter(_ message: SubmittedMessage) {
    guard let home = variable("HOME") else { return }
    let path = home + "/dead.letter"
    let text = Bytes("From \(user.name)\n".utf8) + message.content.filter { $0 != 0x0D } + [.newline]
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return say("Cannot open \(path): \(Errno.last)") }
    defer { close(descriptor) }
    do throws(Errno) {
      try writeAll(descriptor, text)
      say("\(path)... Saved message in \(path)")
    } catch { say("Cannot write \(path): \(error)") }
  }

  // MARK: SMTP

  func speakSMTP(_ configuration: LoadedConfiguration) throws(RuntimeError) -> ExitStatus {
    let settings = settings(configuration, stateFolder: stateFolder(configuration))
    let access = QueueAccess(configuration, settings)
    defer { access.close() }
    var submission = submission(configuration)
    submission.bouncesRefused = false
    // Nobody asks for the deliveries of a dialogue.
    if submission.mode == .interactive { submission.mode = .background }
    let isPostfix = configuration.isPostfix
    try access.use { client throws(RuntimeError) in
      try client.talk(submission, convertsLineEnds: isPostfix, input: 0, output: 1)
    }
    return .ok
  }
}

/// `t…`, `T…`, `y…` and nothing are yes, as in a .cf.
func isOn(_ value: String?) -> Bool {
  guard let value else { return false }
  return value.first.map { "tTyY".contains($0) } ?? true
}

/// What is told of a submission, and the status that it ends with.
struct Outcome {
  let isQuiet: Bool
  private(set) var status = ExitStatus.ok
  private(set) var hasRefused = false

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  mutating func refused(_ recipient: Bytes, _ reply: Reply) {
    hasRefused = hasRefused || !reply.isTransient
    note(ExitStatus(reply: reply))
    if !isQuiet { say(problemLine(recipient, reply.text)) }
  }

  mutating func attempted(_ report: AttemptReport, isVerbose: Bool) {
    switch report.kind {
    case .sent: if isVerbose { say("\(report.recipient.text)... Sent") }
    case .deferred: if isVerbose { say("\(report.recipient.text)... Deferred: \(report.text.text)") }
    case .failed:
      if isVerbose { say("\(report.recipient.text)... \(report.text.text)") }
      note(ExitStatus(code: 550, enhanced: report.status.text))
    }
  }

  private mutating func note(_ new: ExitStatus) {
    // What is over for good says more than what may still go well.
    if status == .ok || status == .temporaryFailure { status = new }
  }
}

/// `nosuch... User unknown`; the engine's words may name the address already.
func problemLine(_ address: Bytes, _ text: Bytes) -> String {
  let bare = text.text
  for beginning in ["<\(address.text)>... ", "\(address.text)... "] where bare.hasPrefix(beginning) {
    return "\(address.text)... " + bare.dropFirst(beginning.count)
  }
  return "\(address.text)... \(bare)"
}

extension ExitStatus {
  /// sendmail's status for what a server answered.
  init(reply: Reply) { self.init(code: reply.code, enhanced: reply.enhancedCode ?? "") }

  init(code: Int, enhanced: String) {
    if (400..<500).contains(code) {
      self = .temporaryFailure
      return
    }
    let parts = enhanced.split(separator: ".")
    guard parts.count == 3, parts[0] == "5" else {
      self = code == 501 || code == 553 ? .usage : .unavailable
      return
    }
    self =
      switch (parts[1], parts[2]) {
      case ("1", "1"), ("1", "6"): .noUser
      case ("1", "2"), ("4", "4"): .noHost
      case ("1", _), ("7", "1"): .usage
      case ("5", _): .protocolError
      case ("6", _): .dataError
      case ("3", "5"): .configuration
      default: code == 501 || code == 553 ? .usage : .unavailable
      }
  }
}
