// QueueRunner.swift: takes messages from the queue when they are due and has them delivered.
//
//     claim ─► recipients that go the same way ─► agents ─► notices ─► finish
//
// A notice is on the disk before its message is finished: a crash between the two sends it
// twice, never not at all.

import Delivery
import Glibc
import MailAddress
import MailQueue
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Routing

final class QueueRunner: Sendable {
  private let queue: MessageQueue
  private let settings: RuntimeSettings
  private let group: any EventLoopGroup
  private let threads: NIOThreadPool
  private let current: NIOLockedValueBox<LoadedConfiguration>
  private let state = NIOLockedValueBox(State())

  private struct State {
    var running = 0
    var isStopping = false
    /// Only what somebody asks for is delivered.
    var isOnDemand = false
    var timer: Scheduled<Void>?
  }

  init(
    _ queue: MessageQueue, _ configuration: LoadedConfiguration, _ settings: RuntimeSettings,
    _ group: any EventLoopGroup
  ) {
    self.queue = queue
    self.settings = settings
    self.group = group
    current = NIOLockedValueBox(configuration)
    threads = NIOThreadPool(numberOfThreads: settings.deliveryThreads)
  }

  func start() {
    threads.start()
    state.withLockedValue { $0.isOnDemand = settings.isOnDemand }
    if settings.isOnDemand { return }
    queue.onNews { [weak self] in self?.pump() }
    pump()
  }

  func use(_ configuration: LoadedConfiguration) { current.withLockedValue { $0 = configuration } }

  /// Lets what is under way end; nothing new is begun.
  func stop() {
    state.withLockedValue { state in
      state.isStopping = true
      state.timer?.cancel()
    }
    try? threads.syncShutdownGracefully()
  }

  // MARK: on demand

  /// Delivers messages now, due or not, and waits for how that ends. Those that are held,
  /// gone or being delivered are left out.
  func deliverNow(_ ids: [QueueID]) -> [Ended] {
    let results = NIOLockedValueBox<[Ended]>([])
    let work = ids.map { id in
      run { [self] in
        guard let message = queue.claim(id) else { return }
        let ended = deliver(message)
        results.withLockedValue { $0 += ended }
      }
    }
    for item in work { try? item.wait() }
    return results.withLockedValue { $0 }
  }

  /// Delivers a message when a thread is free, where nothing is delivered by itself.
  func deliverOnDemand(_ id: QueueID) {
    guard state.withLockedValue(\.isOnDemand) else { return }
    _ = run { [self] in if let message = queue.claim(id) { _ = deliver(message) } }
  }

  private func run(_ body: @escaping @Sendable () -> Void) -> EventLoopFuture<Void> {
    state.withLockedValue { $0.running += 1 }
    return threads.runIfActive(eventLoop: group.next()) { [self] in
      defer { state.withLockedValue { $0.running -= 1 } }
      body()
    }
  }

  /// Waits for what was asked for.
  func finishOnDemand() {
    while state.withLockedValue({ $0.isOnDemand && $0.running > 0 }) { usleep(10_000) }
  }

  // MARK: what is due

  /// Begins what is due, as far as threads are free, and comes back when more is.
  private func pump() {
    let now = MailDates.now()
    let messages = state.withLockedValue { state -> [QueuedMessage] in
      guard !state.isStopping, state.running < settings.deliveryThreads else { return [] }
      let claimed = queue.claim(now: now, limit: settings.deliveryThreads - state.running)
      state.running += claimed.count
      return claimed
    }
    for message in messages {
      threads.submit { [self] work in
        if case .active = work { _ = deliver(message) }
        state.withLockedValue { $0.running -= 1 }
        pump()
      }
    }
    if messages.isEmpty { wakeWhenDue(now) }
  }

  private func wakeWhenDue(_ now: Int) {
    guard let due = queue.nextDue else { return }
    state.withLockedValue { state in
      guard !state.isStopping, due > now else { return }
      state.timer?.cancel()
      state.timer = group.next().scheduleTask(in: .seconds(Int64(due - now))) { [weak self] in self?.pump() }
    }
  }

  // MARK: one message

  /// How an attempt for one recipient ended.
  struct Ended: Sendable {
    let message: QueueID
    let recipient: QueuedRecipient
    let route: Route
    let outcome: DeliveryAgents.Outcome
  }

  private func deliver(_ message: QueuedMessage) -> [Ended] {
    let configuration = current.withLockedValue { $0 }
    let content: Bytes
    do throws(QueueError) { content = try queue.content(of: message.id) } catch {
      settings.log("\(message.id): \(error)")
      if case .damaged = error { try? queue.setAside(message.id) } else { unreadable(message, error, configuration) }
      return []
    }
    let log = MailLog(configuration, settings)
    let agents = DeliveryAgents(configuration: configuration, settings: settings, group: group)
    var ended: [Ended] = []
    let arrived = ArrivedMessage(content, configuration.voice)
    for job in jobs(of: message, arrived, configuration) {
      let began = MailDates.now()
      let outcomes = agents.attempt(job)
      for (index, outcome) in outcomes.enumerated() where job.recipients.indices.contains(index) {
        let (recipient, route) = (job.recipients[index], job.routes[index])
        ended.append(Ended(message: message.id, recipient: recipient, route: route, outcome: outcome))
        log.attempted(
          message,
          MailLog.Attempt(recipient: recipient, route: route, outcome: outcome, began: began, ended: MailDates.now()))
      }
    }
    conclude(message, ended.map { ($0.recipient, $0.outcome) }, configuration) {
      configuration.returned(arrived, message) ?? content
    }
    if !queue.contains(message.id) { log.removed(message.id) }
    return ended
  }

  /// Recipients with one sender and one other host share a transaction.
  private func jobs(
    of message: QueuedMessage, _ arrived: ArrivedMessage, _ configuration: LoadedConfiguration
  ) -> [DeliveryAgents.Job] {
    var jobs: [DeliveryAgents.Job] = []
    for recipient in message.envelope.recipients {
      let route = Route(recipient.route) ?? rerouted(recipient, message, configuration)
      var isShared = false
      switch route.destination {
      case .remote, .agent: isShared = true
      default: break
      }
      let index = jobs.firstIndex {
        isShared && $0.route.destination == route.destination && $0.route.sender == route.sender
          && $0.route.transport == route.transport
      }
      if let index {
        jobs[index].recipients.append(recipient)
        jobs[index].routes.append(route)
      } else {
        jobs.append(
          DeliveryAgents.Job(
            route: route, recipients: [recipient], routes: [route], id: message.id, envelope: message.envelope,
            message: arrived))
      }
    }
    return jobs
  }

  /// Where nothing was kept, as after a requeue, the engine is asked anew.
  private func rerouted(
    _ recipient: QueuedRecipient, _ message: QueuedMessage, _ configuration: LoadedConfiguration
  ) -> Route {
    let envelope = Envelope(client: .commandLine, sender: message.envelope.sender, recipients: [recipient.address])
    let answer = configuration.makeRouter().answer(envelope)
    if let delivery = answer.recipients.first?.deliveries.first { return Route(delivery) }
    let reply = answer.recipients.first?.decision.refusal ?? Reply(450, "4.3.0", "no route")
    return Route(refusing: recipient.address, from: message.envelope.sender, reply)
  }

  // MARK: how it ended

  private func conclude(
    _ message: QueuedMessage, _ ended: [(recipient: QueuedRecipient, outcome: DeliveryAgents.Outcome)],
    _ configuration: LoadedConfiguration, returned: () -> Bytes
  ) {
    let now = MailDates.now()
    let age = now - message.envelope.arrival
    let isOver = age >= configuration.lifetimes.end
    var failed: [(recipient: QueuedRecipient, outcome: DeliveryAgents.Outcome)] = []
    var delayed = failed
    var told = failed
    var outcomes: [RecipientOutcome] = []
    for (recipient, outcome) in ended {
      switch outcome.kind {
      case .delivered, .relayed, .expanded:
        if !outcome.isReportedElsewhere { told.append((recipient, outcome)) }
        outcomes.append(RecipientOutcome(recipient.number, .delivered))
      case .failed:
        failed.append((recipient, outcome))
        outcomes.append(RecipientOutcome(recipient.number, .failed))
      case .deferred where isOver:
        failed.append((recipient, outcome))
        outcomes.append(RecipientOutcome(recipient.number, .failed))
      case .deferred:
        let warning = configuration.lifetimes.warning
        let isLate = warning > 0 && age >= warning && !recipient.delayIsReported
        if isLate { delayed.append((recipient, outcome)) }
        outcomes.append(
          RecipientOutcome(
            recipient.number,
            .deferred(until: now + wait(recipient.attempts), reason: outcome.reply.line, delayIsReported: isLate)))
      }
    }
    let wanted = [(failed, DeliveryStatusNotification.Action.failed), (delayed, .delayed), (told, .delivered)]
      .map { list, action in (list.filter { Self.wants($0.recipient.notify, action) }, action) }
      .filter { !$0.0.isEmpty }
    let content = wanted.isEmpty ? [] : returned()
    var untold = wanted.map { outcomes, action in
      Notices.Subject(message: message, content: content, outcomes: outcomes, action: action)
    }
    insist(message) { () throws(QueueError) in
      let notices = Notices(configuration: configuration, queue: self.queue, settings: self.settings)
      while let subject = untold.first {
        for notice in try notices.send(subject, configuration.makeRouter()) { self.deliverOnDemand(notice) }
        untold.removeFirst()
      }
      try self.queue.finish(message.id, outcomes)
    }
  }

  /// Does it until it succeeds: a message that was delivered and whose end cannot be written
  /// down, as on a full disk, must not be delivered again meanwhile.
  private func insist(_ message: QueuedMessage, _ body: () throws(QueueError) -> Void) {
    var pause: UInt32 = 1
    while true {
      do throws(QueueError) { return try body() } catch {
        settings.log("\(message.id): \(error)")
        if state.withLockedValue(\.isStopping) { return }
        sleep(pause)
        pause = min(pause * 2, 60)
      }
    }
  }

  /// A disk may be back in a moment. Who waited as long as mail may wait is told, without the message.
  private func unreadable(_ message: QueuedMessage, _ error: QueueError, _ configuration: LoadedConfiguration) {
    guard MailDates.now() - message.envelope.arrival >= configuration.lifetimes.end else {
      return putOff(message, "\(error)")
    }
    let failure = DeliveryAgents.Outcome(
      kind: .failed, reply: Reply(554, "5.3.0", "the message cannot be read any more on this host"))
    conclude(message, message.envelope.recipients.map { ($0, failure) }, configuration) { [] }
  }

  private func putOff(_ message: QueuedMessage, _ reason: String) {
    let now = MailDates.now()
    insist(message) { () throws(QueueError) in
      try self.queue.finish(
        message.id,
        message.envelope.recipients.map {
          RecipientOutcome($0.number, .deferred(until: now + self.wait($0.attempts), reason: Bytes(reason.utf8)))
        })
    }
  }

  private static func wants(
    _ notify: QueuedRecipient.Notify, _ action: DeliveryStatusNotification.Action
  ) -> Bool {
    switch action {
    case .failed: notify.isEmpty || notify.contains(.failure)
    case .delayed: notify.isEmpty || notify.contains(.delay)
    default: notify.contains(.success)
    }
  }

  /// Twice as long after each attempt.
  private func wait(_ attempts: Int) -> Int {
    min(settings.firstRetry << min(attempts, 20), settings.longestRetry)
  }
}
