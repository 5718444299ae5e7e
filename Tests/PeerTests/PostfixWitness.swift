// PostfixWitness.swift: the same envelopes, put to the real Postfix and to our engine.
//
// An envelope is one SMTP session. What comes back is the reply to each command,
// and what each recording transport was given; our engine's answer is brought
// into the same words, so that a difference is a line of text.

import Foundation
import MailAddress
import PostfixConfig
import PostfixRouting
import Resolver
import Routing
import TestSupport

/// What happened to one envelope.
struct Observation: Equatable, CustomStringConvertible {
  var session = ""
  var recipients: [String] = []
  var message = ""
  /// transport, nexthop, sender and recipient of each copy, sorted.
  var copies: [String] = []

  var description: String {
    ([session.isEmpty ? nil : "  session \(session)"].compactMap { $0 }
      + recipients.map { "  RCPT \($0)" } + ["  message \(message)"] + copies.map { "  -> \($0)" })
      .joined(separator: "\n")
  }

  /// The nexthop in small letters: the queue manager keeps that of the first
  /// message for a host, however it was written.
  static func copy(_ transport: String, _ nexthop: String, _ sender: String, _ recipient: String) -> String {
    "\(transport):\(nexthop.lowercased()) <\(sender)> <\(recipient)>"
  }
}

/// A private Postfix with one configuration, and our engine over the same files.
struct PostfixWitness {
  let instance: PostfixInstance
  let router: PostfixRouter
  /// Compare what agents are given last, not what the queue manager gives first.
  let comparesFinalCopies: Bool
  /// Compare what becomes of From: and To:, too.
  let comparesHeaders: Bool

  /// - Parameters:
  ///   - ours: master.cf as our engine reads it, where the recorders stand for other programs.
  ///   - zone: what the DNS is; nobody can say where it is nil.
  init(
    _ instance: PostfixInstance, services: MasterConfiguration, comparesFinalCopies: Bool = false,
    comparesHeaders: Bool = false, zone: String? = nil
  ) throws {
    self.comparesHeaders = comparesHeaders
    self.instance = instance
    self.comparesFinalCopies = comparesFinalCopies
    var configuration = try PostfixConfiguration.load(
      folder: instance.configuration, host: Self.host, report: { _ in })
    configuration.master = services
    let records = zone.map { ZoneFile.parse(Array($0.utf8), file: "zone").records }
    router = PostfixRouter(
      configuration, names: records.map { ResolvedNames(ZoneResolver($0)) } ?? NoDomainNameService())
  }

  private static let host = HostFacts(name: Bytes(ProcessInfo.processInfo.hostName.utf8))

  /// The envelopes whose answers differ, each with both answers and our trace.
  func differences(_ envelopes: [Envelope]) throws -> [String] {
    var theirs: [Observation] = []
    for (index, envelope) in envelopes.enumerated() {
      do { theirs.append(try ask(envelope, tag: "\(index)")) } catch {
        throw PostfixInstance.Failure(
          description: "<\(envelope.sender.text)> to \(envelope.recipients.map(\.text)): \(error)\n"
            + instance.log.suffix(3000))
      }
    }
    try instance.waitUntilIdle()
    let notes = Dictionary(grouping: try instance.notes(), by: \.tag)
    for index in theirs.indices {
      theirs[index].copies = (notes["\(index)"] ?? [])
        .map {
          Observation.copy($0.transport, $0.nexthop, $0.sender, $0.recipient)
            + (comparesHeaders ? " From: \($0.from) To: \($0.to)" : "")
        }.sorted()
    }
    return zip(envelopes, theirs).compactMap { envelope, real in
      let answer = router.answer(envelope)
      let ours = observation(answer)
      return ours == real ? nil : Self.report(envelope, real: real, ours: ours, answer)
    }
  }

  private static func report(
    _ envelope: Envelope, real: Observation, ours: Observation, _ answer: EnvelopeAnswer
  ) -> String {
    let recipients = envelope.recipients.map { "<\($0.text)>" }.joined(separator: " ")
    let trace = (answer.trace + answer.recipients.flatMap(\.trace)).map { "    \($0)" }.joined(separator: "\n")
    return """
      \(envelope.client.address.text) <\(envelope.sender.text)> to \(recipients)
      Postfix
      \(real)
      ours
      \(ours)
      \(trace)

      """
  }

  // MARK: Postfix

  private func ask(_ envelope: Envelope, tag: String) throws -> Observation {
    var result = Observation()
    let session = try SMTPSession(port: instance.port)
    defer { session.close() }
    let client = envelope.client
    let welcome = try session.say(Self.xclient(client))
    if !welcome.isPositive {
      result.session = Self.line(welcome)
      return result
    }
    if let helo = client.helo {
      let reply = try session.say(Bytes(ascii: "EHLO ") + helo)
      if !reply.isPositive {
        result.session = Self.line(reply)
        return result
      }
    }
    let size = envelope.size.map { Bytes(" SIZE=\($0)".utf8) } ?? []
    let mail = try session.say(Bytes(ascii: "MAIL FROM:<") + envelope.sender + [0x3E] + size)
    if !mail.isPositive {
      result.session = Self.line(mail)
      return result
    }
    for recipient in envelope.recipients {
      let reply = try session.say(Bytes(ascii: "RCPT TO:<") + recipient + [0x3E])
      result.recipients.append(reply.isPositive ? "accept" : Self.line(reply))
      // The server ends the session with it.
      if reply.code == 421 { return result }
    }
    var end = try session.say("DATA")
    if end.code == 354 { end = try session.say(Self.message(envelope, tag: tag)) }
    result.message = end.isPositive ? "accept" : Self.line(end)
    if let id = end.text.split(separator: " ").last, end.isPositive, instance.isHeld(String(id)) {
      result.message = "hold"
    }
    return result
  }

  /// A message whose From: and To: are the envelope's.
  private static func message(_ envelope: Envelope, tag: String) -> Bytes {
    let from = envelope.sender.isEmpty ? [] : Bytes(ascii: "From: ") + envelope.sender + Bytes(ascii: "\r\n")
    let to = envelope.recipients.first.map { Bytes(ascii: "To: ") + $0 + Bytes(ascii: "\r\n") } ?? []
    return Bytes("X-Test: \(tag)\r\n".utf8) + from + to + Bytes(ascii: "Subject: test\r\n\r\ntext\r\n.")
  }

  private static func line(_ reply: SMTPSession.Reply) -> String { "\(reply.code) \(reply.text)" }

  private static func xclient(_ client: Client) -> Bytes {
    let name: Bytes =
      switch client.nameState {
      case .verified: client.name ?? Bytes(ascii: "[UNAVAILABLE]")
      case .unknown: Bytes(ascii: "[UNAVAILABLE]")
      case .temporaryFailure: Bytes(ascii: "[TEMPUNAVAIL]")
      }
    let reverse = client.reverseName ?? Bytes(ascii: "[UNAVAILABLE]")
    var line = Bytes(ascii: "XCLIENT ADDR=") + client.address + Bytes(ascii: " NAME=") + name
    line += Bytes(ascii: " REVERSE_NAME=") + reverse
    return line
  }

  // MARK: ours

  private func observation(_ answer: EnvelopeAnswer) -> Observation {
    var result = Observation()
    if let refusal = answer.session.refusal {
      result.session = "\(refusal)"
      return result
    }
    result.recipients = answer.recipients.map { $0.decision.refusal.map { "\($0)" } ?? "accept" }
    if let last = result.recipients.firstIndex(where: { $0.hasPrefix("421 ") }) {
      result.recipients = Array(result.recipients[...last])
      return result
    }
    switch answer.message {
    case .accept, .discard: result.message = "accept"
    case .hold: result.message = "hold"
    case .reject(let reply), .temporaryFailure(let reply): result.message = "\(reply)"
    }
    if case .hold = answer.message { return result }
    let groups = answer.recipients.map(\.deliveries) + answer.extraDeliveries.map { [$0] }
    result.copies = groups.flatMap(comparesFinalCopies ? finalCopies : firstCopies).sorted()
    return result
  }

  /// What the queue manager hands out for one recipient.
  private func firstCopies(_ deliveries: [Delivery]) -> [String] {
    let handed = deliveries.filter { !isSwallowed($0) }
    return Array(
      Set(handed.compactMap { delivery in delivery.path.first.map { copy($0, delivery.sender) + headers(delivery) } }))
  }

  /// Mail to the author of double bounces, which the queue manager drops.
  private func isSwallowed(_ delivery: Delivery) -> Bool {
    delivery.destination == .nowhere && delivery.path.count == 1
      && delivery.resolution.user.hasPrefix(Bytes(ascii: "double-bounce@"))
  }

  /// What agents are given in the end; recorders stand for programs and files too.
  private func finalCopies(_ deliveries: [Delivery]) -> [String] {
    deliveries.compactMap { delivery in
      let transport = delivery.resolution.transport.text
      switch delivery.destination {
      case .agent(_, let host), .remote(let host):
        let isReal = instance.sink != nil && transport == "smtp"
        func form(_ address: Bytes) -> String { (isReal ? address : AddressForm.unquoted(address)).text }
        return Observation.copy(transport, host.text, form(delivery.sender), form(delivery.recipient))
          + headers(delivery)
      case .program(let command), .mailbox(_, let command?):
        let words = command.split(separator: 0x20).map { Bytes($0).text }
        guard words.count >= 4 else { return nil }
        let last = words.suffix(4).map { $0 }
        return Observation.copy(last[0], last[1], last[2], last[3])
      case .file: return Observation.copy("file", "", "", "")
      default: return nil
      }
    }
  }

  private func headers(_ delivery: Delivery) -> String {
    guard comparesHeaders, let forms = delivery.headers else { return "" }
    return " From: \(forms.sender.text) To: \(forms.recipient.text)"
  }

  private func copy(_ resolution: Resolution, _ sender: Bytes) -> String {
    Observation.copy(
      resolution.transport.text, resolution.host.text, AddressForm.unquoted(sender).text,
      resolution.user.text)
  }
}
