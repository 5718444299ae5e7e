// OutgoingHeaders.swift: each copy's header, asked of the engine when it is delivered.
//
// What the engine needs to know of the client was kept with the envelope as facts.
//
// Fails: with the reason, where the engine cannot say now; the copy waits.

import Delivery
import Glibc
import MailAddress
import MailQueue
import NIOConcurrencyHelpers
import PostfixRouting
import Routing
import SendmailCF
import SendmailRouting

/// Engines that nobody uses at the moment: a delivery borrows one for the time of a header.
final class EnginePool: Sendable {
  private final class Held: @unchecked Sendable {
    let router: any MailRouter & HeaderRewriter
    init(_ router: any MailRouter & HeaderRewriter) { self.router = router }
  }

  private let idle = NIOLockedValueBox<[Held]>([])
  private let make: @Sendable () -> any MailRouter & HeaderRewriter

  init(_ make: @escaping @Sendable () -> any MailRouter & HeaderRewriter) { self.make = make }

  func withEngine<Result, Failure: Error>(
    _ body: (any MailRouter & HeaderRewriter) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let held = idle.withLockedValue { $0.popLast() } ?? Held(make())
    defer { idle.withLockedValue { $0.append(held) } }
    return try body(held.router)
  }
}

/// A copy as its mailer or agent takes it.
struct OutgoingText: Sendable {
  var text: CopyText
  /// How the mailer wants its bytes; of files and mailboxes with a From line.
  var form: MessageForm
  /// How a program takes them.
  var programForm = MessageForm()
  /// For servers, where there are bytes that not all of them take.
  var eightBit = EightBitMail()
}

extension LoadedConfiguration {
  /// The copy for recipients that go this way.
  func outgoing(
    _ message: ArrivedMessage, _ id: QueueID, _ envelope: QueuedEnvelope, _ route: Route
  ) throws(HeaderFailure) -> OutgoingText {
    let copy = copy(of: id, envelope, route)
    return try engines.withEngine { engine throws(HeaderFailure) in
      let text = message.with(try engine.header(message.fields, of: copy))
      var result = OutgoingText(text: text, form: MessageForm())
      if let router = engine as? SendmailRouter, let mailer = router.mailer(named: route.transport) {
        let sender = try router.mailerSender(copy, mailer)
        let line = FromLine.oneLine(
          router.fromLine(of: copy, sender: sender, date: FromLine.date(MailDates.now())))
        convert(&result, for: mailer, of: copy, envelope, route)
        result.programForm = Self.form(of: mailer, line)
        result.form = route.isMailbox ? .mailbox(fromLine: line) : result.programForm
      } else if let router = engine as? PostfixRouter {
        result.form = Self.form(of: route, lineLimit: router.lineLimit(of: route.transport))
        result.eightBit = postfixEightBit(text, envelope)
        result.programForm.fromLine = FromLine.postfix(sender: route.sender, at: MailDates.now())
      }
      return result
    }
  }

  /// Asks a sendmail.cf's engine; nil under a main.cf.
  func withSendmail<Result>(_ body: (SendmailRouter) throws(HeaderFailure) -> Result) throws(HeaderFailure) -> Result? {
    try engines.withEngine { engine throws(HeaderFailure) in
      guard let router = engine as? SendmailRouter else { return nil }
      return try body(router)
    }
  }

  /// The copy as engines know it.
  func copy(of id: QueueID, _ envelope: QueuedEnvelope, _ route: Route) -> OutgoingCopy {
    var seen: Set<Bytes> = []
    return OutgoingCopy(
      queueID: Bytes("\(id)".utf8), sender: envelope.sender, mailerSender: route.sender,
      resolution: Resolution(transport: route.transport, host: route.host, user: route.user),
      recipients: envelope.recipients.map(\.address).filter { seen.insert($0).inserted },
      dates: OutgoingCopy.Dates(
        mail: voice == .sendmail ? MailDates.sendmail(envelope.arrival) : MailDates.postfix(envelope.arrival),
        second: MailDates.digits(envelope.arrival), line: FromLine.date(envelope.arrival)),
      facts: facts(envelope))
  }

  /// The message as notices about it show it; nil where its header cannot be made now.
  func returned(_ arrived: ArrivedMessage, _ message: QueuedMessage) -> Bytes? {
    let transport = voice == .postfix ? Bytes(ascii: "bounce") : Bytes(ascii: "local")
    let nowhere = Delivery(
      resolution: Resolution(transport: transport, host: [], user: []), destination: .nowhere,
      sender: message.envelope.sender, recipient: [])
    let text = try? outgoing(arrived, message.id, message.envelope, Route(nowhere)).text
    return text?.network(MessageForm())
  }

  private func facts(_ envelope: QueuedEnvelope) -> [Bytes: Bytes] {
    var facts: [Bytes: Bytes] = [Bytes(ascii: "process"): Bytes(String(getpid()).utf8)]
    for fact in envelope.client { facts[fact.key] = fact.value }
    return facts
  }

  /// Flags and fields of an M line.
  private static func form(of mailer: CFMailer, _ line: Bytes) -> MessageForm {
    var form = MessageForm()
    if !mailer.flags.contains(0x6E), !mailer.isNetwork { form.fromLine = line }
    form.quotesFromLines = mailer.flags.contains(0x45)
    // SMTP's own dots are put in when it is sent.
    form.quotesDots = mailer.flags.contains(0x58) && !mailer.isNetwork
    form.lineEnd = mailer.endOfLine
    form.lineLimit = mailer.lineLimit > 0 ? mailer.lineLimit : mailer.flags.contains(0x4C) ? 990 : nil
    return form
  }

  private static func form(of route: Route, lineLimit: Int?) -> MessageForm {
    let line = FromLine.postfix(sender: route.sender, at: MailDates.now())
    if route.isMailbox { return .mailbox(fromLine: line) }
    var form = MessageForm()
    if case .program = route.destination { form.fromLine = line }
    form.lineLimit = lineLimit
    if lineLimit != nil { form.lineEnd = [0x0D, .newline] }
    form.marksBreaks = false
    return form
  }
}

extension Route {
  fileprivate var isMailbox: Bool {
    switch destination {
    case .mailbox, .file: true
    default: false
    }
  }
}
