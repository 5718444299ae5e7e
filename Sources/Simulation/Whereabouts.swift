// Whereabouts.swift: where the copies of a message are, beside where they are wanted.

import MailAddress
import Resolver
import Routing
import Site

package struct Whereabouts: Sendable, Equatable {
  package let message: NumberedMessage
  /// Where the site file says that it ends.
  package let wanted: Set<WantedEnd>
  package internal(set) var arrivals: [Arrival] = []
  package internal(set) var waiting: [Waiting] = []
  /// Why it came back, once for each notice.
  package internal(set) var notices: [String] = []
  /// Of the first host, which did not take it.
  package internal(set) var refusal: Reply?

  init(_ message: NumberedMessage, wanted: Set<WantedEnd>) {
    self.message = message
    self.wanted = Set(wanted.map(\.inLowerCase))
  }

  /// A copy that has ended.
  package struct Arrival: Sendable, Equatable {
    package let end: WantedEnd
    /// The hosts that had it, the first one first.
    package let trace: [TraceField]
  }

  /// A copy in a queue.
  package struct Waiting: Sendable, Equatable {
    package let host: DomainName
    package let recipient: Bytes
    package let reason: Bytes
    package let trace: [TraceField]
  }

  /// Whether each wanted end has one copy, and nothing else is anywhere.
  package var isAsWanted: Bool {
    !wanted.isEmpty && arrivals.count == wanted.count && Set(arrivals.map(\.end)) == wanted && waiting.isEmpty
      && notices.isEmpty && refusal == nil
  }

  package var isNowhere: Bool { arrivals.isEmpty && waiting.isEmpty && notices.isEmpty && refusal == nil }

  /// Whether all that is on its way waits for another attempt.
  var isTried: Bool { refusal != nil || !waiting.isEmpty && waiting.allSatisfy { !$0.reason.isEmpty } }

  /// Whether nothing more will become of it.
  var isOver: Bool {
    if let refusal { return !refusal.isTransient }
    let ended = arrivals.count + notices.count
    return waiting.isEmpty && ended > 0 && ended >= wanted.count
  }
}

extension Whereabouts {
  /// The ways of all copies, as far as they got.
  package var journeys: [Journey] {
    arrivals.map(journey)
      + waiting.map { waiting in
        let last = Journey.Hop(host: waiting.host, sender: message.sender, recipient: waiting.recipient)
        let domain = AddressForm.parts(waiting.recipient).domain ?? []
        return Journey(hops: hops(waiting.trace[...]) + [last], end: .waits(for: domain))
      }
  }

  /// The last host of a way is none of its own where it is what the mail was handed over to.
  private func journey(_ arrival: Arrival) -> Journey {
    let trace = arrival.trace
    switch arrival.end {
    case .mailbox(let host, let account) where trace.last?.protocolName == Bytes(ascii: "LMTP"):
      return Journey(hops: hops(trace.dropLast()), end: .store(host: host, account: account))
    case .mailbox(_, let account): return Journey(hops: hops(trace[...]), end: .mailbox(account: account))
    case .address(let address):
      return Journey(hops: hops(trace.dropLast()), end: .left(nextHop: trace.last?.by ?? [], recipient: address))
    }
  }

  private func hops(_ trace: ArraySlice<TraceField>) -> [Journey.Hop] {
    trace.compactMap { field in
      DomainName(field.by).map { Journey.Hop(host: $0, sender: message.sender, recipient: field.recipient) }
    }
  }
}

extension WantedEnd {
  /// Hosts may write an address in other letters than the site file does.
  var inLowerCase: WantedEnd {
    switch self {
    case .mailbox(let host, let account): .mailbox(host: host, account: account.lowercased)
    case .address(let address): .address(address.lowercased)
    }
  }
}
