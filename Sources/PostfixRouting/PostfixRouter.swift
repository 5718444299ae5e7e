// PostfixRouter.swift: what a Postfix with this configuration does with an envelope.
//
//     smtpd restrictions -> cleanup -> trivial-rewrite -> delivery agent
//
// Everything is compiled once from main.cf and master.cf; an answer only reads.
//
// Fails: never. What cannot be said now is a temporary failure, with the reply
// that smtpd gives then.

import Diagnostics
import MailAddress
import Posix
import PostfixConfig
import Routing

package final class PostfixRouter: MailRouter, Sendable {
  let configuration: PostfixConfiguration
  let policy: SMTPPolicy
  let cleanup: Cleanup
  let headers: HeaderRewriting
  /// nil where no table looks at content.
  let contentRules: ContentRules?
  let resolution: AddressResolution
  let agents: DeliveryAgents
  let contentFilter: Bytes
  let pickupFilter: Bytes
  /// Whether master.cf has a service that takes mail from the network.
  let listens: Bool

  /// - Parameters:
  ///   - names: who answers for the DNS.
  ///   - report: told of tables that do not open and rules that do not parse.
  package init(
    _ configuration: PostfixConfiguration, names: any DomainNameService = NoDomainNameService(),
    report: @escaping (Diagnostic) -> Void = { _ in }
  ) {
    self.configuration = configuration
    let master = configuration.master
    let main = configuration.settings()
    let opener = TableOpener(
      root: configuration.root,
      aliasFiles: Set(main.list("alias_maps") + main.list("alias_database")), report: report)
    let smtpd = configuration.settings(for: master.firstService(running: "smtpd", type: "inet"))
    let cleaning = configuration.settings(for: master.service("cleanup", type: "unix"))
    let rewriting = configuration.settings(for: master.service("rewrite", type: "unix"))

    let origin = configuration.fileOrValue(rewriting.value("myorigin"))
    let lookup = AddressLookup(main, origin: origin)
    let classes = AddressClasses(rewriting, opener: opener)
    let completion = AddressRewriting(rewriting, origin: origin)
    resolution = AddressResolution(
      rewriting, opener: opener, lookup: lookup, classes: classes, rewriting: completion)
    let mapping = AddressMapping(
      rewriting: completion, lookup: lookup, classes: classes, limits: AddressMapping.Limits(cleaning))
    cleanup = Cleanup(cleaning, opener: opener, mapping: mapping)
    headers = HeaderRewriting(cleaning, cleanup: cleanup, smtpd: smtpd, rewriting: rewriting)
    contentRules = ContentRules(cleaning, opener: opener)
    policy = SMTPPolicy(smtpd, opener: opener, resolution: resolution, names: names)
    agents = DeliveryAgents(configuration, opener: opener, mapping: mapping, resolution: resolution, cleanup: cleanup)
    listens = master.firstService(running: "smtpd", type: "inet") != nil
    contentFilter = smtpd.value("content_filter")
    pickupFilter = configuration.settings(for: master.service("pickup", type: "unix")).value("content_filter")
  }

  /// Whether a client may say for whom it speaks (smtpd_authorized_xclient_hosts).
  package func allowsXCLIENT(_ client: Client) -> Bool {
    !policy.xclients.isEmpty && policy.xclients.contains(name: client.name ?? [], address: client.address).isMember
  }

  /// Whether smtpd_forbid_bare_newline is about this client.
  package func judgesBareNewlines(of client: Client) -> Bool {
    let excluded = policy.bareNewlineExclusions
    return excluded.isEmpty || !excluded.contains(name: client.name ?? [], address: client.address).isMember
  }

  package func answer(_ envelope: Envelope) -> EnvelopeAnswer { answer(envelope, after: nil) }

  private func answer(_ envelope: Envelope, after content: ContentVerdict?) -> EnvelopeAnswer {
    if envelope.client.arrival == .smtp, !listens {
      return EnvelopeAnswer(
        session: .temporaryFailure(Reply(421, "4.3.2", "no service of master.cf takes mail from the network")),
        stage: .connection)
    }
    let session = SMTPAnswering(policy: policy, envelope: envelope)
    var answer = envelope.client.arrival == .smtp ? session.answer() : Self.acceptAll(envelope)
    guard answer.session.isPositive, answer.message.isPositive else { return answer }
    var actions = session.actions
    answer.prepended = actions.prepended
    if let content { actions.add(content) }
    deliver(&answer, envelope, actions)
    return answer
  }

  package func answer(
    _ envelope: Envelope, at stage: EnvelopeAnswer.Stage, memory: inout (any SessionMemory)?
  ) -> EnvelopeAnswer {
    guard stage < .recipient, envelope.client.arrival == .smtp, listens else { return answer(envelope) }
    return SMTPAnswering(policy: policy, envelope: envelope).answer(upTo: stage)
  }

  /// With smtpd_delay_reject nothing is told before MAIL.
  package func isSilent(at stage: EnvelopeAnswer.Stage) -> Bool {
    listens && policy.delaysReject && stage < .sender
  }

  /// The sendmail command takes everything; smtpd's restrictions do not apply.
  private static func acceptAll(_ envelope: Envelope) -> EnvelopeAnswer {
    EnvelopeAnswer(
      recipients: envelope.recipients.map { RecipientAnswer(given: $0, decision: .accept) })
  }

  // MARK: after acceptance

  private func deliver(_ answer: inout EnvelopeAnswer, _ envelope: Envelope, _ actions: MessageActions) {
    let tracer = Tracer()
    do throws(MapList.Failure) {
      let given = SMTPAddress.internalForm(envelope.sender)
      let sender = try cleanup.sender(given, trace: tracer)
      answer.sender = AddressForm.quoted(sender)
      try queue(&answer, sender, filter: filter(for: envelope, actions), actions, tracer)
      let rewrites = policy.rewritesHeaders(of: envelope.client)
      for index in answer.recipients.indices {
        let recipient = answer.recipients[index].given
        let forms = try headers(envelope.sender, recipient, rewrites: rewrites)
        for copy in answer.recipients[index].deliveries.indices {
          let delivery = answer.recipients[index].deliveries[copy]
          answer.recipients[index].deliveries[copy].headers = try agents.headers(forms, of: delivery)
        }
      }
    } catch {
      tracer.note("temporary failure: \(error.reason)")
      answer.message = .temporaryFailure(
        Reply(451, "4.3.0", "Error: queue file write error"))
      for index in answer.recipients.indices { answer.recipients[index].deliveries = [] }
      answer.extraDeliveries = []
    }
    answer.trace += tracer.take()
    if let reason = actions.discard {
      answer.message = .discard(reason: reason)
      for index in answer.recipients.indices { answer.recipients[index].deliveries = [] }
      answer.extraDeliveries = []
    } else if let reason = actions.hold, answer.message.isPositive {
      answer.message = .hold(reason: reason)
    }
  }

  /// Every accepted recipient as it is queued and then delivered.
  private func queue(
    _ answer: inout EnvelopeAnswer, _ sender: Bytes, filter: Bytes, _ actions: MessageActions,
    _ tracer: Tracer
  ) throws(MapList.Failure) {
    var seen: Set<Bytes> = []
    var named: [Bytes] = []
    for index in answer.recipients.indices where answer.recipients[index].decision.isPositive {
      let steps = Tracer()
      let original = SMTPAddress.internalForm(answer.recipients[index].given)
      let recipient = try cleanup.recipient(original, trace: steps)
      named.append(recipient)
      var targets = [actions.redirect ?? recipient]
      if actions.redirect == nil { targets = try cleanup.expand(recipient, trace: steps) }
      answer.recipients[index].isExpanded = actions.redirect == nil && targets != [recipient]
      for target in targets where seen.insert(duplicateKey(target, of: original)).inserted {
        answer.recipients[index].deliveries += agents.deliver(
          target, sender: sender, filter: filter, trace: steps)
      }
      answer.recipients[index].trace += steps.take()
    }
    if actions.redirect != nil { return }
    let copies = try cleanup.blindCopies(sender: sender, recipients: named, trace: tracer)
    for copy in copies + actions.blindCopies {
      let recipient = try cleanup.recipient(copy, trace: tracer)
      for target in try cleanup.expand(recipient, trace: tracer)
      where seen.insert(duplicateKey(target, of: copy)).inserted {
        answer.extraDeliveries += agents.deliver(
          target, sender: sender, filter: filter, trace: tracer)
      }
    }
  }

  /// The addresses of the envelope, as From: and To: show them.
  private func headers(
    _ sender: Bytes, _ recipient: Bytes, rewrites: Bool
  ) throws(MapList.Failure) -> HeaderForms {
    let sender = SMTPAddress.internalForm(sender)
    let recipient = SMTPAddress.internalForm(recipient)
    guard rewrites else { return HeaderForms(sender: sender, recipient: recipient) }
    // A missing From: is added last and never rewritten.
    let from =
      sender.isEmpty
      ? Bytes(ascii: "MAILER-DAEMON") : try cleanup.sender(sender, as: Cleanup.headerSender)
    return HeaderForms(
      sender: from,
      recipient: try cleanup.recipient(recipient, as: Cleanup.headerRecipient))
  }

  private func filter(for envelope: Envelope, _ actions: MessageActions) -> Bytes {
    actions.filter ?? (envelope.client.arrival == .smtp ? contentFilter : pickupFilter)
  }

  /// With enable_original_recipient two recipients that lead to one address stay two.
  private func duplicateKey(_ target: Bytes, of original: Bytes) -> Bytes {
    cleanup.keepsOriginal ? original.lowercased + [0] + target.lowercased : target.lowercased
  }
}

extension PostfixConfiguration {
  /// myorigin may name a file whose first line is meant (Debian).
  func fileOrValue(_ value: Bytes) -> Bytes {
    guard value.first == .slash, let bytes = try? readFile(root + value.text) else { return value }
    return Bytes(bytes.prefix { $0 != .newline }).trimmed
  }
}

extension PostfixRouter: ContentChecker {
  package var contentChecker: (any ContentChecker)? { contentRules == nil ? nil : self }

  package func contentCheck() -> (any ContentCheck)? { contentRules.map { PostfixContentCheck($0) } }

  package func answer(
    _ envelope: Envelope, _ given: EnvelopeAnswer, after verdict: ContentVerdict
  ) -> EnvelopeAnswer {
    if verdict.redirect == nil, verdict.filter == nil, verdict.blindCopies.isEmpty { return given }
    var answer = answer(envelope, after: verdict)
    if given.message != .accept { answer.message = given.message }
    return answer
  }
}

extension MessageActions {
  fileprivate mutating func add(_ content: ContentVerdict) {
    redirect = content.redirect ?? redirect
    filter = content.filter ?? filter
    blindCopies += content.blindCopies
  }
}
