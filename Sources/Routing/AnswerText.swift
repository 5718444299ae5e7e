// AnswerText.swift: what a mail system said of one recipient, for people and for programs.

import Diagnostics
import MailAddress

/// What a mail system said of one recipient, for people and for programs.
package struct AnswerText {
  private let address: String
  private let answer: EnvelopeAnswer
  private let recipient: RecipientAnswer?

  /// - Parameter index: of the recipient in its envelope.
  package init(_ address: String, _ answer: EnvelopeAnswer, recipient index: Int = 0) {
    self.address = address
    self.answer = answer
    recipient = answer.recipients.indices.contains(index) ? answer.recipients[index] : nil
  }

  package var decision: Decision {
    guard let recipient, answer.session.isPositive else { return answer.session }
    return recipient.decision.isPositive && answer.message != .accept ? answer.message : recipient.decision
  }

  private var steps: [TraceStep] { answer.trace + (recipient?.trace ?? []) }
  package var deliveries: [Delivery] { recipient?.deliveries ?? [] }

  package var text: String {
    (["\(address)"] + (stepLines + resultLines).map { "  " + $0 }).joined(separator: "\n") + "\n"
  }

  /// The steps that led to the answer.
  package var stepLines: [String] { steps.map { "\($0)" } }

  /// The steps that decided something, and how many more there were. What is left of the
  /// calls keeps one indentation, whatever stood between.
  package var decidingLines: (lines: [String], omitted: Int) {
    let kept = steps.filter { !$0.isDetail }
    let lines = kept.map { step in
      var step = step
      step.depth = min(step.depth, 1)
      return "\(step)"
    }
    return (lines, steps.count - kept.count)
  }

  /// The decision, and where the mail goes.
  package var resultLines: [String] {
    [Self.words(decision)]
      + deliveries.flatMap { delivery in
        [
          "-> \(Self.words(delivery.destination))   \(triple(delivery.resolution))",
          "   from <\(delivery.sender.text)> to <\(delivery.recipient.text)>" + headers(of: delivery),
        ]
      }
  }

  private func headers(of delivery: Delivery) -> String {
    guard let headers = delivery.headers else { return "" }
    return ", From: \(headers.sender.text), To: \(headers.recipient.text)"
  }

  package var json: String { object.text + "\n" }

  package var object: JSONValue {
    .object([
      ("address", .string(address)), ("decision", .string(Self.words(decision))),
      ("accepted", .bool(decision.isPositive)),
      (
        "deliveries",
        .array(
          deliveries.map { delivery in
            .object([
              ("mailer", .string(delivery.resolution.transport.text)),
              ("host", .string(delivery.resolution.host.text)),
              ("user", .string(delivery.resolution.user.text)),
              ("destination", .string(Self.words(delivery.destination))),
              ("sender", .string(delivery.sender.text)), ("recipient", .string(delivery.recipient.text)),
            ])
          })
      ),
      (
        "steps",
        .array(
          steps.map { step in
            .object([
              ("text", .string(step.text)), ("depth", .number(step.depth)),
              ("position", step.position.map { .string($0.description) } ?? .null),
              ("origin", step.origin.map { .string($0) } ?? .null),
            ])
          })
      ),
    ])
  }

  private func triple(_ resolution: Resolution) -> String {
    "mailer \(resolution.transport.text), host \(resolution.host.text), user \(resolution.user.text)"
  }

  package static func words(_ decision: Decision) -> String {
    switch decision {
    case .accept: "accepted"
    case .reject(let reply): "refused: \(reply)"
    case .discard(let reason): "accepted and thrown away: \(reason.text)"
    case .hold(let reason): "accepted and held: \(reason.text)"
    case .temporaryFailure(let reply): "cannot say now: \(reply)"
    }
  }

  package static func words(_ destination: Destination) -> String {
    switch destination {
    case .mailbox(let user, nil): "mailbox of \(user.text)"
    case .mailbox(let user, let command?): "mailbox of \(user.text), by \(command.text)"
    case .program(let command): "program \(command.text)"
    case .file(let path): "file \(path.text)"
    case .remote(let host): "host \(host.text)"
    case .agent(let transport, let host): "\(transport.text) \(host.text)"
    case .bounce(let reply): "bounces: \(reply)"
    case .deferred(let reply): "waits: \(reply)"
    case .nowhere: "thrown away"
    }
  }
}
