// Simulation.swift: messages sent through a site that runs, until nothing moves any more.
//
//     hand in ─► [ wait until all is where it is wanted, or nothing changes ] ─► whereabouts
//
// What the world cannot hand in now it tries again, as a mail system would.
//
// Fails: never. What does not arrive is somewhere else, and that is the answer.

import Delivery
import Glibc
import MTA
import MailAddress
import NIOCore
import NIOPosix
import Posix
import Resolver
import Routing
import SMTP
import Site

package final class Simulation {
  private let site: SimulatedSite
  private let run: String
  private var results: [Int: RecipientResult] = [:]
  package let messages: [NumberedMessage]

  /// - Parameter run: what makes the messages of this one others than those of any other.
  package init(_ site: SimulatedSite, _ messages: [NumberedMessage], run: String) {
    (self.site, self.messages, self.run) = (site, messages, run)
  }

  // MARK: sending

  private static let atOnce = 8

  /// Hands in what is not yet.
  private func handIn() {
    let untaken = messages.filter { results[$0.number].map { $0.outcome == .deferred } ?? true }
    if untaken.isEmpty { return }
    let clients = site.clients
    let threads = NIOThreadPool(numberOfThreads: min(Self.atOnce, untaken.count))
    threads.start()
    let sent = untaken.map { [run] message in
      threads.runIfActive(eventLoop: site.group.next()) {
        isWantedToEnd() ? nil : (message.number, clients.handIn(message, run: run))
      }
    }
    for case (let number, let result)?? in sent.map({ try? $0.wait() }) { results[number] = result }
    try? threads.syncShutdownGracefully()
  }

  // MARK: waiting

  package enum Goal: Sendable {
    case allHasArrived
    /// What has not arrived was tried, and waits.
    case nothingMoves
  }

  /// Sends, and waits until it is so, or for so long after the last change.
  package func settle(until goal: Goal, patience: Duration) -> [Whereabouts] {
    handIn()
    var last = whereabouts()
    var lastChange = ContinuousClock.now
    var lastTry = lastChange
    while !isWantedToEnd() {
      usleep(20_000)
      let now = whereabouts()
      // Twice the same, so that nothing is between two hosts just then.
      if now == last, isIdle, now.allSatisfy({ goal == .allHasArrived ? $0.isOver : $0.isOver || $0.isTried }) {
        return now
      }
      if now != last || !isIdle { (last, lastChange) = (now, .now) }
      if ContinuousClock.now - lastChange > patience { return now }
      guard ContinuousClock.now - lastTry > .seconds(1) else { continue }
      handIn()
      lastTry = .now
    }
    return last
  }

  private var isIdle: Bool { site.hosts.allSatisfy { $0.underWay == 0 } }

  // MARK: looking

  /// Where all messages are now.
  private func whereabouts() -> [Whereabouts] {
    var all = Dictionary(
      uniqueKeysWithValues: messages.map { message in
        (message.number, Whereabouts(message, wanted: site.organisation.wantedEnds(of: message.recipient)))
      })
    for host in site.hosts {
      for (account, content) in host.mailboxes {
        note(content, in: &all) { .mailbox(host: host.host.name, account: account) }
      }
      for (content, recipient, reason) in host.waiting {
        guard let (number, kind) = NumberedMessage.recognize(content, run: run), case .copy(let header) = kind else {
          continue
        }
        all[number]?.waiting.append(
          .init(host: host.host.name, recipient: recipient, reason: reason, trace: TraceField.all(header)))
      }
    }
    for (recipient, content) in site.left { note(content, in: &all) { .address(recipient) } }
    return messages.compactMap { message in
      var place = all[message.number]
      if let result = results[message.number], result.outcome != .delivered { place?.refusal = result.reply }
      return place
    }
  }

  private func note(_ content: Bytes, in all: inout [Int: Whereabouts], _ end: () -> WantedEnd) {
    guard let (number, kind) = NumberedMessage.recognize(content, run: run) else { return }
    switch kind {
    case .copy(let header): all[number]?.arrivals.append(.init(end: end().inLowerCase, trace: TraceField.all(header)))
    case .notice(let reason): all[number]?.notices.append(reason)
    }
  }
}
