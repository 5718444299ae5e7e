// SendmailRouter.swift: what sendmail answers to an envelope under a .cf.
//
//     connect ─ check_relay ─ MAIL ─ check_mail ─ RCPT ─ resolve, check_rcpt
//       ─ aliases, accounts ─ check_compat ─ each mailer's rewriting
//
// The order is that of sendmail's SMTP server: the address is resolved before
// check_rcpt sees it, and aliases are expanded while the client waits, so that
// an unknown user is refused at RCPT.
//
// Fails: never; what cannot be said now is `temporaryFailure`.

import Diagnostics
import Posix
import Routing
import Rulesets
import SendmailCF

/// A `MailRouter` over a sendmail.cf.
package final class SendmailRouter: MailRouter {
  package let program: RulesetProgram
  package let engine: RulesetEngine
  let resolver: AddressResolver
  /// The program's H lines.
  let headerLines: HeaderLines
  /// Whether any mailer has the flag C.
  let hasDomainFlag: Bool
  /// The rulesets that see a message's content; nil where there are none.
  let contentChecks: HeaderChecks?
  private let root: FileRoot
  private let users: LocalUsers
  private let aliases: AliasTables
  private let initialMacros: CFMacros
  private let tracer = RuleTrace()
  /// Whether answers carry the rules that were applied.
  package var isTracing = false

  /// - Parameter root: where accounts, aliases and .forward files are found.
  package init(_ program: RulesetProgram, root: FileRoot = "") {
    self.program = program
    self.root = root
    engine = RulesetEngine(program)
    engine.limits.steps = 200_000
    resolver = AddressResolver(engine)
    headerLines = HeaderLines(program.file.headers)
    hasDomainFlag = program.mailers.contains { $0.flags.contains(0x43) }
    contentChecks = HeaderChecks(program)
    users = LocalUsers(root: root)
    aliases = AliasTables(program.options["AliasFile"] ?? [], root: root)
    // sendmail answers to its own full name, wherever it has it from.
    if let name = resolver.macro("j"), let number = engine.names.known([0x77]) {
      engine.addWord(name, to: number)
    }
    initialMacros = engine.macros
  }

  /// The value of a cf macro, as it is now.
  package func macro(_ name: [UInt8]) -> [UInt8]? { resolver.macro(String(decoding: name, as: UTF8.self)) }

  /// `$j`, as the host calls itself.
  package var hostName: [UInt8] { resolver.macro("j") ?? [] }

  /// What the account of a user says of their name; nil where it says nothing.
  package func fullName(of user: [UInt8]) -> [UInt8]? { users.fullName(of: user) }

  /// The home folder of an account; nil where there is none.
  func home(of user: [UInt8]) -> [UInt8]? { users.home(of: user) }

  /// Whether mail so resolved stays on this host, by its mailer's flag for local ones.
  package func isLocal(_ resolution: Resolution) -> Bool {
    program.mailer(named: resolution.transport)?.flags.contains(0x6C) ?? false
  }

  /// Makes a word a member of a class, as names of the host are.
  package func know(_ word: [UInt8], inClass name: UInt8) {
    if let number = engine.names.known([name]) { engine.addWord(word, to: number) }
  }

  /// Forgets what the last question has set.
  func resetMacros() { engine.macros = initialMacros }

  package func answer(_ envelope: Envelope) -> EnvelopeAnswer {
    resetMacros()
    tracer.begin(engine, isOn: isTracing)
    defer { tracer.end(engine) }
    beginSession(envelope.client)
    var answer = EnvelopeAnswer(sender: envelope.sender)
    if envelope.client.arrival == .smtp, let (stage, decision) = openSession(envelope, &answer) {
      answer.session = decision
      answer.stage = stage
      answer.trace = tracer.take()
      return answer
    }
    answer.trace = tracer.take()
    addRecipients(of: envelope, to: &answer)
    return answer
  }

  func addRecipients(of envelope: Envelope, to answer: inout EnvelopeAnswer) {
    for recipient in envelope.recipients {
      var result = self.answer(recipient, envelope, &answer.message)
      result.trace = tracer.take()
      answer.recipients.append(result)
    }
  }

  // MARK: The session

  /// What is known of a client before anything is asked.
  func beginSession(_ client: Client) {
    resolver.setMacro("opMode", [client.arrival == .smtp ? 0x64 : 0x6D])
    guard client.arrival == .smtp else { return }
    let address = AddressText.of(client.address)
    let literal = [0x5B] + address + [0x5D]
    resolver.setMacro("client_addr", address)
    resolver.setMacro("client_name", client.name ?? literal)
    resolver.setMacro("client_ptr", client.reverseName ?? client.name ?? literal)
    resolver.setMacro("client_resolve", Array(resolveWord(client).utf8))
    resolver.setMacro("daemon_name", Array("MTA".utf8))
    resolver.setMacro("_", (client.name ?? []) + (client.name == nil ? [] : [0x20]) + literal)
    resolver.setMacro("s", client.helo)
    resolver.setMacro("r", Array((client.tls == nil ? "ESMTP" : "ESMTPS").utf8))
    if let tls = client.tls { setMacros(of: tls) }
    if let load = client.load {
      resolver.setMacro("client_connections", Array("\(load.open)".utf8))
      resolver.setMacro("client_rate", Array("\(load.recent)".utf8))
      resolver.setMacro("total_rate", Array("\(load.recentOfAll)".utf8))
    }
    if let login = client.authenticatedAs {
      resolver.setMacro("auth_type", Array("PLAIN".utf8))
      resolver.setMacro("auth_authen", login)
    }
  }

  /// The words of `${client_resolve}`.
  private func resolveWord(_ client: Client) -> String {
    switch client.nameState {
    case .verified: "OK"
    case .unknown: client.reverseName == nil ? "FAIL" : "FORGED"
    case .temporaryFailure: "TEMP"
    }
  }

  /// Connect and MAIL; the refusal that ends the session, if there is one.
  private func openSession(
    _ envelope: Envelope, _ answer: inout EnvelopeAnswer
  ) -> (EnvelopeAnswer.Stage, Decision)? {
    switch checkClient(envelope.client) {
    case .accept: break
    case let decision where decision.isPositive: answer.message = decision
    case let decision: return (.connection, decision)
    }
    if let refusal = checkGreeting(envelope.client) { return (.helo, refusal) }
    return openTransaction(envelope, &answer).map { (.sender, $0) }
  }

  func checkClient(_ client: Client) -> Decision {
    resolver.check("check_relay", Self.nameAndAddress(client), about: [])
  }

  /// What rulesets about clients are given.
  static func nameAndAddress(_ client: Client) -> [[UInt8]] {
    let address = AddressText.of(client.address)
    return [client.name ?? [0x5B] + address + [0x5D], address]
  }

  func checkGreeting(_ client: Client) -> Decision? {
    guard let helo = client.helo, client.arrival == .smtp, !isDomainName(helo),
      !program.options.isOn("AllowBogusHELO")
    else { return nil }
    return .reject(Reply(501, "5.0.0", "Invalid domain name"))
  }

  /// MAIL; the refusal, if there is one.
  func openTransaction(_ envelope: Envelope, _ answer: inout EnvelopeAnswer) -> Decision? {
    let shown = [0x3C] + envelope.sender + [0x3E]
    if let limit = sizeLimit, let size = envelope.size, size > limit {
      let text = "Message size exceeds fixed maximum message size (\(limit))"
      return .reject(Reply(552, "5.2.3", text))
    }
    do throws(AddressProblem) {
      try setSender(envelope.sender, shown: shown)
    } catch {
      switch error {
      case .refused(let reply): return .reject(reply)
      case .temporaryFailure: return .temporaryFailure(AddressResolver.systemFailure)
      }
    }
    switch resolver.check("check_mail", [shown], about: shown) {
    case .accept: return nil
    case let decision where decision.isPositive:
      answer.message = decision
      return nil
    case let decision: return decision
    }
  }

  /// What sendmail lets a client call itself; an address literal counts, too.
  private func isDomainName(_ name: [UInt8]) -> Bool {
    name.allSatisfy { byte in
      byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || "#-.:[]_".utf8.contains(byte)
    }
  }

  private var sizeLimit: Int? {
    program.options.text("MaxMessageSize").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  private func setSender(_ sender: [UInt8], shown: [UInt8]) throws(AddressProblem) {
    resolver.setMacro("f", sender)
    resolver.setMacro("g", sender)
    // As MAIL gave it.
    resolver.setMacro("mail_from", shown)
    if sender.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
      resolver.setMacro("mail_mailer", Array("local".utf8))
      resolver.setMacro("mail_host", nil)
      resolver.setMacro("mail_addr", [])
      return
    }
    resolver.setMacro("addr_type", AddressRole(isSender: true, isHeader: false).macroValue)
    let triple = try resolver.resolve(sender, shown: shown)
    if isNoSender(triple) {
      throw .refused(ErrorText.told(553, "5.1.7", Array("Invalid sender address".utf8), about: shown))
    }
    resolver.setMacro("mail_mailer", triple.mailer)
    resolver.setMacro("mail_host", triple.host)
    resolver.setMacro("mail_addr", triple.user)
  }

  /// A program, a file or a list sends nothing.
  private func isNoSender(_ triple: ResolvedAddress) -> Bool {
    guard let flags = program.mailer(named: triple.mailer)?.flags else { return false }
    let user = triple.user.drop { $0 == 0x22 }
    let kinds: [(flag: UInt8, start: String)] = [(0x7C, "|"), (0x2F, "/"), (0x3A, ":include:")]
    return kinds.contains { flags.contains($0.flag) && user.starts(with: $0.start.utf8) }
  }

  // MARK: One recipient

  private func answer(
    _ recipient: [UInt8], _ envelope: Envelope, _ message: inout Decision
  ) -> RecipientAnswer {
    var result = RecipientAnswer(given: recipient, decision: .accept)
    let shown = [0x3C] + recipient + [0x3E]
    resolver.setMacro("addr_type", AddressRole(isSender: false, isHeader: false).macroValue)
    let triple: ResolvedAddress
    do throws(AddressProblem) { triple = try resolver.resolve(recipient, shown: shown) } catch {
      switch error {
      case .refused(let reply): result.decision = .reject(reply)
      case .temporaryFailure: result.decision = .temporaryFailure(AddressResolver.systemFailure)
      }
      return result
    }
    resolver.setMacro("rcpt_mailer", triple.mailer)
    resolver.setMacro("rcpt_host", triple.host)
    resolver.setMacro("rcpt_addr", triple.user)
    if envelope.client.arrival == .smtp {
      switch resolver.check("check_rcpt", [shown], about: shown) {
      case .accept: break
      case let decision where decision.isPositive: message = decision
      case let decision:
        result.decision = decision
        return result
      }
    }
    // What is thrown away goes to nobody in particular.
    if case .discard = message { return result }
    var expansion = Expansion(
      resolver, aliases: aliases, users: users, root: root, tracer: { [tracer] in tracer.note($0) })
    expansion.expand(triple, given: shown)
    if let refusal = expansion.refusal {
      result.decision = refusal
      return result
    }
    result.deliveries = expansion.copies.map { delivery(of: $0, envelope, given: recipient) }
    return result
  }

  /// A copy with the addresses as its mailer writes them.
  private func delivery(of copy: Copy, _ envelope: Envelope, given: [UInt8]) -> Delivery {
    let triple = copy.triple
    let resolution = Resolution(transport: triple.mailer, host: triple.host, user: triple.user)
    let sender = copy.owner ?? envelope.sender
    guard let mailer = program.mailer(named: triple.mailer) else {
      return Delivery(
        resolution: resolution, destination: copy.destination, path: copy.path, sender: sender,
        recipient: triple.user)
    }
    var destination = copy.destination
    switch resolver.check("check_compat", [sender, triple.user], about: given) {
    case .accept, .hold: break
    case .discard: destination = .nowhere
    case .reject(let reply): destination = .bounce(reply)
    case .temporaryFailure(let reply): destination = .deferred(reply)
    }
    resolver.setMacro("h", triple.host)
    resolver.setMacro("u", triple.user)
    func rewritten(_ address: [UInt8], isSender: Bool, isHeader: Bool) -> [UInt8] {
      if address.isEmpty { return [] }
      let role = AddressRole(isSender: isSender, isHeader: isHeader)
      do throws(AddressProblem) { return try resolver.rewrite(address, for: mailer, as: role) } catch {
        destination = .deferred(AddressResolver.systemFailure)
        return address
      }
    }
    let envelopeSender = rewritten(sender, isSender: true, isHeader: false)
    let envelopeRecipient = rewritten(triple.user, isSender: false, isHeader: false)
    let headers = HeaderForms(
      sender: rewritten(sender, isSender: true, isHeader: true),
      recipient: rewritten(given, isSender: false, isHeader: true))
    return Delivery(
      resolution: resolution, destination: destination, path: copy.path, sender: envelopeSender,
      recipient: envelopeRecipient, headers: headers)
  }
}
