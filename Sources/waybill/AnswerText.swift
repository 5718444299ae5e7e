// AnswerText.swift: what a mail system said of one recipient, for people and for programs.

import Diagnostics
import Routing

/// What a mail system said of one recipient, for people and for programs.
struct AnswerText {
  private let address: String
  private let answer: EnvelopeAnswer
  private let recipient: RecipientAnswer?

  /// - Parameter index: of the recipient in its envelope.
  init(_ address: String, _ answer: EnvelopeAnswer, recipient index: Int = 0) {
    self.address = address
    self.answer = answer
    recipient = answer.recipients.indices.contains(index) ? answer.recipients[index] : nil
  }

  private var decision: Decision {
    guard let recipient, answer.session.isPositive else { return answer.session }
    return recipient.decision.isPositive && answer.message != .accept ? answer.message : recipient.decision
  }

  private var steps: [TraceStep] { answer.trace + (recipient?.trace ?? []) }
  private var deliveries: [Delivery] { recipient?.deliveries ?? [] }

  var text: String {
    (["\(address)"] + (stepLines + resultLines).map { "  " + $0 }).joined(separator: "\n") + "\n"
  }

  /// The steps that led to the answer.
  var stepLines: [String] { steps.map { "\($0)" } }

  /// The steps that decided something, and how many more there were. What is left of the
  /// calls keeps one indentation, whatever stood between.
  var decidingLines: (lines: [String], omitted: Int) {
    let kept = steps.filter { !$0.isDetail }
    let lines = kept.map { step in
      var step = step
      step.depth = min(step.depth, 1)
      return "\(step)"
    }
    return (lines, steps.count - kept.count)
  }

  /// The decision, and where the mail goes.
  var resultLines: [String] {
    [Self.words(decision)]
      + deliveries.flatMap { delivery in
        [
          "-> \(Self.words(delivery.destination))   \(triple(delivery.resolution))",
          "   from <\(show(delivery.sender))> to <\(show(delivery.recipient))>" + headers(of: delivery),
        ]
      }
  }

  private func headers(of delivery: Delivery) -> String {
    guard let headers = delivery.headers else { return "" }
    return ", From: \(show(headers.sender)), To: \(show(headers.recipient))"
  }

  var json: String { object.text + "\n" }

  var object: JSONValue {
    .object([
      ("address", .string(address)), ("decision", .string(Self.words(decision))),
      ("accepted", .bool(decision.isPositive)),
      (
        "deliveries",
        .array(
          deliveries.map { delivery in
            .object([
              ("mailer", .string(show(delivery.resolution.transport))),
              ("host", .string(show(delivery.resolution.host))),
              ("user", .string(show(delivery.resolution.user))),
              ("destination", .string(Self.words(delivery.destination))),
              ("sender", .string(show(delivery.sender))), ("recipient", .string(show(delivery.recipient))),
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
            ])
          })
      ),
    ])
  }

  private func triple(_ resolution: Resolution) -> String {
    "mailer \(show(resolution.transport)), host \(show(resolution.host)), user \(show(resolution.user))"
  }

  static func words(_ decision: Decision) -> String {
    switch decision {
    case .accept: "accepted"
    case .reject(let reply): "refused: \(reply)"
    case .discard(let reason): "accepted and thrown away: \(show(reason))"
    case .hold(let reason): "accepted and held: \(show(reason))"
    case .temporaryFailure(let reply): "cannot say now: \(reply)"
    }
  }

  static func words(_ destination: Destination) -> String {
    switch destination {
    case .mailbox(let user, nil): "mailbox of \(show(user))"
    case .mailbox(let user, let command?): "mailbox of \(show(user)), by \(show(command))"
    case .program(let command): "program \(show(command))"
    case .file(let path): "file \(show(path))"
    case .remote(let host): "host \(show(host))"
    case .agent(let transport, let host): "\(show(transport)) \(show(host))"
    case .bounce(let reply): "bounces: \(reply)"
    case .deferred(let reply): "waits: \(reply)"
    case .nowhere: "thrown away"
    }
  }

}

/// Bytes as text for people; what is no UTF-8 is replaced.
func show(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
