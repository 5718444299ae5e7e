// LiveHost.swift: envelopes sent through a mail system that runs, and what became of them.
//
//     envelopes ─ SMTP ─► runtime under a configuration ─► recorder, mailboxes, queue ─► answers
//
// The runtime has loopback and a temporary folder; nothing leaves the host and no program
// is run. What comes back has the form of an engine's answer, but is what a client and the
// recorder have seen, and what is left in the queue.

import Glibc
import MTA
import MailAddress
import MailQueue
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Posix
import Resolver
import Routing

/// What became of envelopes, in their order.
package struct LiveAnswers: Sendable {
  /// nil where an envelope could not be sent.
  package internal(set) var answers: [EnvelopeAnswer?] = []
  /// Header fields of the copies besides addresses and trace fields.
  var fields: [Set<Bytes>] = []
  /// Why an envelope could not be sent, for the first of them.
  package internal(set) var obstacle: String?
}

package enum LiveHost {
  /// - Parameter envelopes: by SMTP, with one recipient each.
  /// - Throws: `RuntimeError` where the runtime does not start.
  package static func run(
    _ configuration: LoadedConfiguration, _ envelopes: [Envelope]
  ) throws(RuntimeError) -> LiveAnswers {
    let result = try withTemporaryFolder { (folder) throws(RuntimeError) in
      try run(configuration, envelopes, state: folder)
    }
    do throws(Errno) { return try result.get() } catch {
      throw RuntimeError("cannot make a temporary folder: \(error)", .cannotCreate)
    }
  }

  private static func run(
    _ configuration: LoadedConfiguration, _ envelopes: [Envelope], state: String
  ) throws(RuntimeError) -> LiveAnswers {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { try? group.syncShutdownGracefully() }
    let recorder = Recorder(group)
    var settings = RuntimeSettings(stateFolder: state, resolver: ZoneResolver([]))
    settings.listeners = [RuntimeSettings.Listener(port: 0)]
    settings.outbound = .recorded(recorder)
    settings.trustsLocalClients = true
    // What is to wait is still waiting when it is counted.
    settings.firstRetry = 86_400
    settings.longestRetry = 86_400
    let runtime = try Runtime(configuration, settings)
    defer { runtime.stop(patience: .zero) }
    guard let address = runtime.addresses.first else { return LiveAnswers() }
    let told = ask(envelopes, Prober(group: group, address: address))
    settle(runtime.queue)
    let sightings = Sightings(recorder, runtime.queue, envelopes)
    var answers = LiveAnswers()
    for (index, envelope) in envelopes.enumerated() {
      if case .unasked(let reason) = told[index], answers.obstacle == nil { answers.obstacle = reason }
      answers.answers.append(sightings.answer(to: envelope, number: index, told: told[index]))
      answers.fields.append(sightings.fields[index])
    }
    return answers
  }

  // MARK: asking

  private static let atOnce = 24

  /// Several clients at a time, each with one question after the other.
  private static func ask(_ envelopes: [Envelope], _ prober: Prober) -> [ProbeAnswer] {
    let answers = NIOLockedValueBox([ProbeAnswer](repeating: .unasked("interrupted"), count: envelopes.count))
    let clients = (0..<min(atOnce, envelopes.count)).map { first in
      ask(from: first, envelopes, prober, answers)
    }
    for client in clients { try? client.wait() }
    return answers.withLockedValue { $0 }
  }

  private static func ask(
    from index: Int, _ envelopes: [Envelope], _ prober: Prober, _ answers: NIOLockedValueBox<[ProbeAnswer]>
  ) -> EventLoopFuture<Void> {
    prober.ask(index, envelopes[index]).flatMap { answer in
      answers.withLockedValue { $0[index] = answer }
      let next = index + atOnce
      guard envelopes.indices.contains(next), !isWantedToEnd() else {
        return prober.group.next().makeSucceededVoidFuture()
      }
      return ask(from: next, envelopes, prober, answers)
    }
  }

  /// Waits until the runtime has done what it can do now.
  private static func settle(_ queue: MessageQueue) {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline, !isWantedToEnd() {
      let counts = queue.counts()
      if counts[.incoming, default: 0] + counts[.active, default: 0] == 0 { return }
      usleep(5_000)
    }
  }
}
