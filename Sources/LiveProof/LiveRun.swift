// LiveRun.swift: envelopes sent through a mail system that runs, and what became of them.
//
//     questions ─ SMTP ─► runtime under the configuration ─► recorder, mailboxes, queue
//                                                                   │
//     its engine ─ what it said beforehand ───────── the same? ─────┘
//
// The runtime has loopback and a temporary folder; nothing leaves the host and no program
// is run. Questions that begin on a command line have no dialogue and are left out.

import Delivery
import Equivalence
import Glibc
import MTA
import MailAddress
import MailQueue
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Posix
import PostfixRouting
import Resolver
import Routing

/// What became of one question's message.
package struct LiveOutcome: Sendable, Equatable {
  package var outcome: Outcome
  /// Header fields of its copies, besides addresses and trace fields.
  package var fields: Set<Bytes> = []

  /// In what this differs from another one.
  package func difference(from other: LiveOutcome) -> DifferenceKind? {
    DifferenceKind.between(outcome, other.outcome) ?? (fields == other.fields ? nil : .headers)
  }
}

package struct LiveRun: Sendable {
  /// What the engine said would happen, and did not.
  package struct Surprise: Sendable {
    package let question: Question
    package let kind: DifferenceKind
    package let foretold: Outcome
    package let seen: Outcome
  }

  package let questions: [Question]
  /// One for each question; nil where it could not be put.
  package fileprivate(set) var outcomes: [LiveOutcome?] = []
  package fileprivate(set) var surprises: [Surprise] = []
  /// Why a question could not be put, for the first of them.
  package fileprivate(set) var obstacle: String?

  package var accepted: Int { outcomes.count { $0?.outcome.verdict == .accepted } }
  package var refused: Int { outcomes.count { $0.map { $0.outcome.verdict != .accepted } ?? false } }
  package var copies: Int { outcomes.reduce(0) { $0 + ($1?.outcome.copies.count ?? 0) } }
  package var unasked: Int { outcomes.count { $0 == nil } }
  /// Whether all was put, and all went as the engine had said.
  package var isProof: Bool { surprises.isEmpty && unasked == 0 }

  /// The questions of a list that SMTP can put.
  package static func bySMTP(_ questions: [Question]) -> [Question] {
    questions.filter { $0.envelope.client.arrival == .smtp }
  }

  /// - Throws: `RuntimeError` where the runtime does not start.
  package static func run(_ system: MailSystem, _ questions: [Question]) throws(RuntimeError) -> LiveRun {
    let result = try withTemporaryFolder { (folder) throws(RuntimeError) in
      try run(system, questions, state: folder)
    }
    do throws(Errno) { return try result.get() } catch {
      throw RuntimeError("cannot make a temporary folder: \(error)", .cannotCreate)
    }
  }

  private static func run(
    _ system: MailSystem, _ questions: [Question], state: String
  ) throws(RuntimeError) -> LiveRun {
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
    let runtime = try Runtime(LoadedConfiguration(system), settings)
    defer { runtime.stop(patience: .zero) }
    var run = LiveRun(questions: questions)
    guard let address = runtime.addresses.first else { return run }
    let answers = ask(questions, Prober(group: group, address: address))
    settle(runtime.queue)
    let sightings = Sightings(recorder.copies, mailFolder: state + "/mail", runtime.queue, questions)
    run.judge(answers, sightings, system)
    return run
  }

  // MARK: asking

  private static let atOnce = 24

  /// Several clients at a time, each with one question after the other.
  private static func ask(_ questions: [Question], _ prober: Prober) -> [ProbeAnswer] {
    let answers = NIOLockedValueBox([ProbeAnswer](repeating: .unasked("interrupted"), count: questions.count))
    let clients = (0..<min(atOnce, questions.count)).map { first in
      ask(from: first, questions.map(\.envelope), prober, answers)
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

  // MARK: judging

  private mutating func judge(_ answers: [ProbeAnswer], _ sightings: Sightings, _ system: MailSystem) {
    for (index, answer) in answers.enumerated() {
      var refusal: Reply?
      switch answer {
      case .accepted: break
      case .refused(let reply): refusal = reply
      case .unasked(let reason):
        if obstacle == nil { obstacle = reason }
        outcomes.append(nil)
        continue
      }
      let tellsSender = system.reaches(questions[index].envelope.sender)
      let foretold = Outcome(system.answer(questions[index].envelope), recipient: 0).visible(tellsSender: tellsSender)
      var seen = Outcome(seen: refusal, copies: sightings.copies[index])
      if sightings.held.contains(index) { seen.verdict = .held }
      seen = seen.visible(tellsSender: tellsSender)
      if let kind = DifferenceKind.between(foretold, seen) {
        surprises.append(Surprise(question: questions[index], kind: kind, foretold: foretold, seen: seen))
      }
      outcomes.append(LiveOutcome(outcome: seen, fields: sightings.fields[index]))
    }
  }
}

extension Outcome {
  /// As far as it shows outside of the mail system: what is thrown away, and what is held,
  /// has no copies; what comes back is seen by a sender who can be told.
  fileprivate func visible(tellsSender: Bool) -> Outcome {
    var result = self
    if verdict == .discarded { result.verdict = .accepted }
    if result.verdict != .accepted { result.copies = [] }
    result.copies = result.copies.filter { copy in
      switch copy.place {
      case .nowhere: false
      case .returned: tellsSender
      default: true
      }
    }
    return result
  }
}

extension MailSystem {
  /// Whether a notice to this sender gets anywhere.
  fileprivate func reaches(_ sender: Bytes) -> Bool {
    guard !sender.isEmpty else { return false }
    let answer = answer(Envelope(client: .commandLine, sender: [], recipients: [sender]))
    return answer.recipients.flatMap(\.deliveries).contains { delivery in
      switch delivery.destination {
      case .mailbox, .program, .file, .remote, .agent: true
      case .bounce, .deferred, .nowhere: false
      }
    }
  }
}

extension LoadedConfiguration {
  /// What a comparison knows, for the runtime: the DNS is assumed in both alike.
  fileprivate convenience init(_ system: MailSystem) {
    switch system.source {
    case .sendmail(let installation, _): self.init(installation, names: AssumedNames())
    case .postfix(let configuration): self.init(configuration, names: AssumedNames()) { _ in }
    }
  }
}
