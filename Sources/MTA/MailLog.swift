// MailLog.swift: the lines that log readers look for, one function an event.
//
//     sendmail[12]: 6A1F…: from=<a@b.example>, size=15, class=0, nrcpts=1, …, relay=b [192.0.2.1]
//     sendmail[12]: 6A1F…: to=<c@d.example>, delay=00:00:01, …, dsn=2.0.0, stat=Sent
//     postfix/smtp[12]: 6A1F…: to=<c@d.example>, relay=…, delay=1, …, dsn=2.0.0, status=sent (250 …)
//
// Which words they are depends on whose configuration it is. Clients and servers choose some
// of the text: none of it may begin a line of its own.

import Glibc
import MailAddress
import MailQueue
import Posix
import Routing
import SMTP

struct MailLog: Sendable {
  let voice: Voice
  private let clients: [Bytes: PostfixAgents.Client]
  /// Takes the program's name and what it says.
  let write: @Sendable (_ program: String, _ text: String) -> Void

  init(_ configuration: LoadedConfiguration, _ settings: RuntimeSettings) {
    (voice, write) = (configuration.voice, settings.mailLog)
    clients = configuration.postfix?.clients ?? [:]
  }

  /// What is known of a message that was taken.
  struct Arrival {
    var id: QueueID
    var sender: Bytes
    var size: Int
    var recipients: Int
    var messageID: Bytes
    var client: Client
    var isExtended: Bool
    /// Who submitted it with the sendmail command.
    var login: Bytes?
    var userID: UInt32?
    /// The Message-Id that it gets where it has none.
    var ownID: Bytes = []
  }

  func accepted(_ message: Arrival) {
    switch voice {
    case .sendmail:
      var fields = [
        "from=\(Self.path(message.sender, isLocal: message.login != nil))", "size=\(message.size)", "class=0",
        "nrcpts=\(message.recipients)",
      ]
      let messageID = message.messageID.isEmpty ? message.ownID : message.messageID
      if !messageID.isEmpty { fields.append("msgid=\(messageID.text)") }
      if message.login == nil { fields += ["proto=\(message.isExtended ? "ESMTP" : "SMTP")", "daemon=MTA"] }
      fields.append("relay=\(relay(message))")
      write("sendmail", "\(message.id): " + fields.joined(separator: ", "))
    case .postfix:
      let id = "\(message.id)"
      if let login = message.login {
        write(
          "postfix/pickup",
          "\(id): uid=\(message.userID ?? getuid()) from=<\(login.split(separator: 0x40).first.map { Bytes($0).text } ?? "")>"
        )
      } else {
        write(
          "postfix/smtpd",
          "\(id): client=\((message.client.name ?? Bytes(ascii: "unknown")).text)[\(message.client.address.text)]")
      }
      write("postfix/cleanup", "\(id): message-id=\(message.messageID.text)")
      write(
        "postfix/qmgr",
        "\(id): from=<\(message.sender.text)>, size=\(message.size), nrcpt=\(message.recipients) (queue active)")
    }
  }

  /// As the program shows an address: those of the command line stand without brackets.
  private static func path(_ address: Bytes, isLocal: Bool) -> String {
    isLocal && !address.isEmpty ? address.text : "<\(address.text)>"
  }

  private func relay(_ message: Arrival) -> String {
    if let login = message.login { return login.text }
    return (message.client.name.map { $0.text + " " } ?? "") + "[\(message.client.address.text)]"
  }

  /// A reply's text without the address before it.
  static func problem(_ text: Bytes) -> Bytes {
    let words = Bytes(ascii: "... ")
    let start = text.indices.first { text[$0...].starts(with: words) }
    return start.map { Bytes(text[($0 + words.count)...]) } ?? text
  }

  /// A recipient was refused while the client waits.
  func refused(_ recipient: Bytes, _ reply: Reply, from sender: Bytes, _ client: Client, isExtended: Bool) {
    let name = client.name?.text
    switch voice {
    case .sendmail:
      guard reply.enhancedCode != "5.1.1" else {
        let shown = Self.path(recipient, isLocal: client.arrival != .smtp)
        return write("sendmail", "NOQUEUE: \(shown)... \(Self.problem(reply.text).text)")
      }
      let relay = (name.map { $0 + " " } ?? "") + "[\(client.address.text)]"
      write("sendmail", "NOQUEUE: ruleset=check_rcpt, arg1=<\(recipient.text)>, relay=\(relay), reject=\(reply)")
    case .postfix:
      write(
        "postfix/smtpd",
        "NOQUEUE: reject: RCPT from \(name ?? "unknown")[\(client.address.text)]: \(reply); from=<\(sender.text)> "
          + "to=<\(recipient.text)> proto=\(isExtended ? "ESMTP" : "SMTP") helo=<\((client.helo ?? []).text)>")
    }
  }

  /// What the rules say of a message's content.
  func judged(_ id: QueueID, _ verdict: ContentVerdict, from sender: Bytes, to recipients: [Bytes], _ client: Client) {
    if voice == .sendmail {
      if let reply = verdict.decision.refusal { write("sendmail", "\(id): reject=\(reply)") }
      return
    }
    let to = recipients.first.map { " to=<\($0.text)>" } ?? ""
    let context =
      " from \(client.name?.text ?? "unknown")[\(client.address.text)]; from=<\(sender.text)>\(to) "
      + "helo=<\((client.helo ?? []).text)>"
    for note in verdict.notes {
      write("postfix/cleanup", "\(id): \(note.event)\(context)" + (note.reason.isEmpty ? "" : ": \(note.reason.text)"))
    }
  }

  /// A message waits for a queue run; only sendmail says so.
  func queued(_ id: QueueID, size: Int, _ recipients: [QueuedRecipient]) {
    guard voice == .sendmail else { return }
    for recipient in recipients {
      let route = Route(recipient.route)
      write(
        "sendmail",
        "\(id): to=\(shown(recipient, route).text), delay=00:00:00, mailer=\(route?.transport.text ?? ""), "
          + "pri=\(size + 30000 * recipients.count), stat=queued")
    }
  }

  /// What an alias has put in its place, if one has.
  private func shown(_ recipient: QueuedRecipient, _ route: Route?) -> Bytes {
    let expansion = route?.expansion ?? []
    return expansion.isEmpty ? recipient.address : expansion
  }

  /// For whom a submitted message is delivered.
  private func controller(_ envelope: QueuedEnvelope) -> [String] {
    guard let user = envelope.fact("userid")?.text, !envelope.sender.isEmpty else { return [] }
    let group = UInt32(user).flatMap { UserAccount.numbered($0)?.account.group } ?? 0
    return ["ctladdr=\(envelope.sender.text) (\(user)/\(group))"]
  }

  /// A notice about a message was queued.
  func noticed(_ notice: QueueID, about id: QueueID, _ subject: Notices.Subject, isDouble: Bool) {
    if voice == .postfix {
      let kind: String =
        switch subject.action {
        case .failed: "non-delivery"
        case .delayed: "delay"
        default: "delivery status"
        }
      return write("postfix/bounce", "\(id): sender \(kind) notification: \(notice)")
    }
    let reason: Bytes =
      switch subject.action {
      case .failed: Self.problem(subject.outcomes.first?.outcome.words ?? [])
      case .delayed: Bytes(ascii: "could not send message yet")
      default: Bytes(ascii: "Return receipt")
      }
    write("sendmail", "\(id): \(notice): \(isDouble ? "return to sender" : "DSN"): \(reason.text)")
  }

  /// How an attempt for one recipient ended.
  struct Attempt {
    var recipient: QueuedRecipient
    var route: Route
    var outcome: DeliveryAgents.Outcome
    /// Seconds since the epoch.
    var began: Int
    var ended: Int
  }

  func attempted(_ message: QueuedMessage, _ attempt: Attempt) {
    let recipient = attempt.recipient.address
    let reply = attempt.outcome.reply
    let delay = max(0, attempt.ended - message.envelope.arrival)
    let spent = max(0, attempt.ended - attempt.began)
    let code = reply.enhancedCode ?? ["2.0.0", "4.0.0", "5.0.0"][reply.code >= 500 ? 2 : reply.code >= 400 ? 1 : 0]
    switch voice {
    case .sendmail:
      let isLocal = message.envelope.fact("protocol") == nil
      let to = Self.path(shown(attempt.recipient, attempt.route), isLocal: isLocal || !attempt.route.expansion.isEmpty)
      let mailer = attempt.route.transport
      let fields =
        ["to=\(to)"] + controller(message.envelope)
        + ["delay=\(Self.time(delay))", "xdelay=\(Self.time(spent))"]
        + (mailer.isEmpty ? [] : ["mailer=\(mailer.text)"]) + [
          "pri=\(message.size + 30000 * message.envelope.recipients.count + 90000 * attempt.recipient.attempts)"
        ] + relay(attempt) + ["dsn=\(code)", "stat=\(Self.problem(attempt.outcome.words).text)"]
      write("sendmail", "\(message.id): " + fields.joined(separator: ", "))
    case .postfix:
      let before = max(0, attempt.began - message.envelope.arrival)
      let status =
        switch attempt.outcome.kind {
        case .delivered, .relayed: "sent"
        case .expanded: "expanded"
        case .failed: "bounced"
        case .deferred: "deferred"
        }
      let words = attempt.outcome.host == nil ? reply.text : reply.line
      write(
        "postfix/\(agent(attempt))",
        "\(message.id): to=<\(recipient.text)>, relay=\(nextHop(attempt)), delay=\(delay), "
          + "delays=\(before)/0/0/\(spent), dsn=\(code), status=\(status) (\(words.text))")
    }
  }

  /// The message has left the queue.
  func removed(_ id: QueueID) {
    if voice == .postfix { write("postfix/qmgr", "\(id): removed") }
  }

  private func relay(_ attempt: Attempt) -> [String] {
    let hop = attempt.route.host.text
    guard let host = attempt.outcome.host else { return hop.isEmpty ? [] : ["relay=\(hop)"] }
    let address = attempt.outcome.place.prefix { $0 != "]" }
    let name = hop.hasPrefix("[") ? hop : name(host, attempt)
    return ["relay=\(name)" + (address.isEmpty ? "" : " \(address)]")]
  }

  /// Of the host that was spoken with: where only its address is known, of the next hop.
  private func name(_ host: String, _ attempt: Attempt) -> String {
    let isAddress = attempt.outcome.place.hasPrefix("[\(host)]") && !attempt.route.host.isEmpty
    return isAddress && voice == .sendmail ? attempt.route.host.text : host
  }

  private func agent(_ attempt: Attempt) -> String {
    switch attempt.route.destination {
    case .mailbox, .program, .file: attempt.route.transport.text
    case .remote: "smtp"
    case .agent(let transport, _): clients[transport].map { $0.isLMTP ? "lmtp" : "smtp" } ?? "pipe"
    case .bounce, .deferred: "error"
    case .nowhere: attempt.route.isExpansion ? "cleanup" : "discard"
    }
  }

  private func nextHop(_ attempt: Attempt) -> String {
    guard let host = attempt.outcome.host else {
      switch attempt.route.destination {
      case .agent(let transport, _) where clients[transport] != nil: return "none"
      case .mailbox, .program, .file, .agent: return attempt.route.transport.text
      default: return "none"
      }
    }
    return name(host, attempt) + attempt.outcome.place
  }

  /// `00:00:05`, and `1+00:00:00` from a day on.
  static func time(_ seconds: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let days = seconds / 86_400
    let clock = "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    return days > 0 ? "\(days)+\(clock)" : clock
  }
}

extension QueuedEnvelope {
  /// What is remembered of the client under a name.
  package func fact(_ key: String) -> Bytes? { client.first { $0.key.elementsEqual(key.utf8) }?.value }
}

/// A line as syslog has it, without its end.
package func syslogLine(host: String, program: String, _ text: String) -> String {
  let shown = text.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }
  var now = time(nil)
  var parts = tm()
  localtime_r(&now, &parts)
  var buffer = [CChar](repeating: 0, count: 32)
  let count = strftime(&buffer, buffer.count, "%b %e %H:%M:%S", &parts)
  let date = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  return "\(date) \(host) \(program)[\(getpid())]: " + String(decoding: shown, as: UTF8.self)
}
