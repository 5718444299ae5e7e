import Diagnostics
import MailQueue
import Posix
import TestSupport
import Testing

@Suite("A message in the queue")
struct LifeTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/queue"
  }

  func open() throws -> MessageQueue { try MessageQueue.open(folder: path, settings: .unsynced) }

  /// Closes, opens anew, and expects nothing to be different or to be said.
  func reopen(_ queue: consuming MessageQueue, orderly: Bool = true) throws -> MessageQueue {
    let before = try queue.contents()
    if orderly { try queue.close() }
    let copied = folder.path + "/copy"
    try copy(path, to: copied)
    let again = try MessageQueue.open(folder: copied, settings: .unsynced)
    #expect(try again.contents() == before)
    #expect(again.findings.isEmpty)
    if !orderly { return queue }
    return try open()
  }

  @Test(
    "its content comes back, in memory or in pieces, over several segments",
    arguments: [0, 1, 100, 1023, 1024, 1025, 2048, 5000, 40_000, 100_000])
  func content(_ size: Int) throws {
    let queue = try open()
    let content = body(size)
    let writer = try queue.begin(expectedSize: size)
    for start in stride(from: 0, to: size, by: 777) { writer.append(Array(content[start..<min(start + 777, size)])) }
    #expect(writer.size == size)
    let id = try writer.commit(envelope())
    #expect(try queue.content(of: id) == content)
    var reader = try queue.reader(of: id)
    var read: [UInt8] = []
    while let piece = try reader.next() {
      #expect(piece.count <= 1024)
      read += piece
    }
    #expect(read == content)
    _ = try reopen(reopen(queue, orderly: false))
  }

  @Test("its envelope comes back with all that is known")
  func wholeEnvelope() throws {
    let queue = try open()
    var recipient = QueuedRecipient(
      address: bytes("user@example.net"), original: bytes("rfc822;old@example.net"), notify: [.success, .delay],
      route: [0, 1, 255], due: 77)
    var wanted = QueuedEnvelope(
      sender: [], recipients: [recipient, recipient], returns: .headers, envelopeID: bytes("QQ314159"),
      bodyType: .eightBitMIME, arrival: 1_800_000_000,
      client: [.init(key: bytes("helo"), value: bytes("client.example.org")), .init(key: [], value: [])], isHeld: true)
    let id = try queue.put(bytes("text"), wanted)
    let listed = try #require(queue.list().first)
    #expect(listed.id == id)
    #expect(listed.size == 4)
    #expect(listed.state == .hold)
    let numbers = try #require(listed.envelope).recipients.map(\.number)
    #expect(numbers == [1, 2])
    var found = try #require(listed.envelope)
    recipient = found.recipients[0]
    #expect(recipient.original == wanted.recipients[0].original)
    wanted.recipients = []
    found.recipients = []
    #expect(found == wanted)
    _ = try reopen(queue)
  }

  @Test("is claimed once, finished, and gone")
  func delivered() throws {
    var queue = try open()
    let id = try queue.put(bytes("text"), envelope(2))
    #expect(queue.counts()[.incoming] == 1)
    let claimed = queue.claim(now: 10, limit: 10)
    #expect(claimed.map(\.id) == [id])
    #expect(claimed[0].envelope.recipients.map(\.number) == [1, 2])
    #expect(queue.claim(now: 10, limit: 10).isEmpty)
    #expect(queue.nextDue == nil)
    #expect(queue.list().map(\.state) == [.active])
    try queue.finish(id, [.init(1, .delivered)])
    queue = try reopen(queue, orderly: false)
    #expect(queue.claim(now: 10, limit: 10).isEmpty)
    try queue.finish(id, [.init(2, .failed)])
    #expect(queue.list().isEmpty)
    #expect(throws: QueueError.unknownMessage(id)) { try queue.content(of: id) }
    #expect(throws: QueueError.unknownMessage(id)) { try queue.finish(id, [.init(2, .failed)]) }
    queue = try reopen(queue)
    #expect(queue.list().isEmpty)
  }

  @Test("what is deferred waits for its time, and the reason is kept")
  func deferred() throws {
    var queue = try open()
    let id = try queue.put(bytes("text"), envelope(3))
    _ = queue.claim(now: 10, limit: 1)
    try queue.finish(
      id,
      [
        .init(1, .deferred(until: 100, reason: bytes("host is down"), delayIsReported: true)), .init(2, .delivered),
        .init(3, .deferred(until: 50, reason: bytes("busy"))),
      ])
    #expect(queue.nextDue == 50)
    #expect(queue.claim(now: 49, limit: 1).isEmpty)
    #expect(queue.list().map(\.state) == [.deferred])
    queue = try reopen(queue)
    #expect(queue.nextDue == 50)
    let claimed = queue.claim(now: 60, limit: 1)
    #expect(claimed.map { $0.envelope.recipients.map(\.number) } == [[3]])
    try queue.finish(id, [.init(3, .deferred(until: 200, reason: bytes("busy still")))])
    #expect(queue.nextDue == 100)
    let recipients = try #require(queue.list().first?.envelope).recipients
    #expect(recipients.map(\.attempts) == [1, 2])
    #expect(recipients.map(\.reason) == [bytes("host is down"), bytes("busy still")])
    #expect(recipients.map(\.delayIsReported) == [true, false])
    queue.flush()
    #expect(queue.claim(now: 0, limit: 1).first?.envelope.recipients.count == 2)
  }

  @Test("a recipient is replaced by others, with numbers that are new also after a restart")
  func replaced() throws {
    var queue = try open()
    let id = try queue.put(bytes("text"), envelope(2))
    _ = queue.claim(now: 0, limit: 1)
    let others = ["a", "b"].map { QueuedRecipient(address: bytes($0), route: bytes("local")) }
    try queue.finish(id, [.init(2, .replaced(by: others))])
    #expect(queue.nextDue == nil, "recipient 1 is still being delivered")
    try queue.finish(id, [.init(1, .delivered)])
    queue = try reopen(queue)
    _ = queue.claim(now: 0, limit: 1)
    try queue.finish(id, [.init(4, .replaced(by: others))])
    try queue.finish(id, [.init(3, .delivered)])
    queue = try reopen(queue)
    let recipients = try #require(queue.list().first?.envelope).recipients
    #expect(recipients.map(\.number) == [5, 6])
    #expect(recipients.map(\.address) == [bytes("a"), bytes("b")])
    #expect(throws: QueueError.unknownRecipient(id, 4)) { try queue.finish(id, [.init(4, .delivered)]) }
  }

  @Test("is held, released, requeued and removed")
  func administration() throws {
    var queue = try open()
    let id = try queue.put(bytes("text"), envelope(1))
    try queue.hold(id)
    #expect(queue.claim(now: 10, limit: 1).isEmpty)
    #expect(queue.list().map(\.state) == [.hold])
    queue = try reopen(queue)
    #expect(queue.counts()[.hold] == 1)
    try queue.release(id)
    queue = try reopen(queue)
    #expect(queue.claim(now: 10, limit: 1).count == 1)
    var routed = QueuedRecipient(address: bytes("x"), route: bytes("smtp"))
    routed.due = 1000
    try queue.finish(id, [.init(1, .replaced(by: [routed]))])
    #expect(queue.nextDue == 1000)
    try queue.hold(id)
    try queue.requeue(id)
    queue = try reopen(queue)
    let recipient = try #require(queue.claim(now: 0, limit: 1).first?.envelope.recipients.first)
    #expect(recipient.route.isEmpty)
    try queue.remove(id)
    queue = try reopen(queue)
    #expect(queue.list().isEmpty)
    for change in [queue.hold, queue.release, queue.requeue, queue.remove] {
      #expect(throws: QueueError.unknownMessage(id)) { try change(id) }
    }
  }

  @Test("a claim dies with the process, and can be given back")
  func claims() throws {
    var queue = try open()
    let id = try queue.put(bytes("text"))
    _ = queue.claim(now: 0, limit: 1)
    queue.giveBack(id)
    #expect(queue.claim(now: 0, limit: 1).count == 1)
    queue = try reopen(queue)
    #expect(queue.claim(now: 0, limit: 1).count == 1)
  }

  @Test("the earliest are claimed first, and no more than asked for")
  func order() throws {
    let queue = try open()
    var times: [Int] = []
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<200 {
      let due = Int.random(in: 0..<100, using: &generator)
      times.append(due)
      try queue.put([], QueuedEnvelope(sender: [], recipients: [.init(address: [], due: due)], arrival: 0))
    }
    var claimed: [Int] = []
    while let due = queue.nextDue {
      #expect(queue.claim(now: due - 1, limit: 3).isEmpty)
      let messages = queue.claim(now: due, limit: 3)
      #expect((1...3).contains(messages.count))
      claimed += messages.flatMap { $0.envelope.recipients.map(\.due) }
    }
    #expect(claimed == times.sorted())
  }

  @Test("whoever waits is told of new messages")
  func news() throws {
    let queue = try open()
    let told = Shared(0)
    queue.onNews { told.with { $0 += 1 } }
    let id = try queue.put([])
    #expect(told.now == 1)
    try queue.hold(id)
    try queue.release(id)
    #expect(told.now == 3)
  }

  @Test("one that was abandoned, or whose writer was dropped, leaves nothing")
  func abandoned() throws {
    var queue = try open()
    let writer = try queue.begin()
    writer.append(body(10_000))
    writer.abandon()
    #expect(throws: QueueError.closed) { try writer.commit(envelope()) }
    try queue.begin().append(body(10_000))
    queue = try reopen(queue)
    #expect(queue.list().isEmpty)
    try queue.compact()
    let committed = try queue.begin()
    try committed.commit(envelope())
    #expect(throws: QueueError.closed) { try committed.commit(envelope()) }
    #expect(throws: QueueError.noRecipients) { try queue.begin().commit(envelope(0)) }
  }

  @Test("an envelope may be larger than a segment")
  func manyRecipients() throws {
    let queue = try open()
    try queue.put(body(3000), envelope(5000))
    try queue.put(body(3000), envelope(1))
    _ = try reopen(queue)
  }

  @Test("a queue that is closed says so")
  func closed() throws {
    let queue = try open()
    let id = try queue.put([])
    let writer = try queue.begin()
    try queue.close()
    try queue.close()
    #expect(throws: QueueError.closed) { try queue.begin() }
    #expect(throws: QueueError.closed) { try writer.commit(envelope()) }
    #expect(throws: QueueError.closed) { try queue.hold(id) }
    #expect(throws: QueueError.closed) { try queue.remove(id) }
    #expect(queue.claim(now: 10, limit: 1).isEmpty)
  }

  @Test("ids are sorted by time, are not repeated after a restart, and are read back")
  func ids() throws {
    var last = QueueID(number: 0)
    for _ in 0..<5 {
      let queue = try open()
      for _ in 0..<50 {
        let id = try queue.put([])
        #expect(id > last)
        #expect(id.description > last.description)
        #expect(QueueID(id.description) == id)
        #expect(QueueID(id.description.lowercased()) == id)
        last = id
        try queue.remove(id)
      }
      try queue.compact()
      try queue.close()
    }
    #expect(QueueID(number: .max).description == "10C6F7A0B5ED551615")
    #expect(QueueID("10C6F7A0B5ED551615") == QueueID(number: .max))
    for wrong in [
      "", "0", "10C6F7A0B5ED551616", "0000000000000", "0000000G000000", "000000000000A0", "0000000000000-",
      "0000000000000000000",
    ] {
      #expect(QueueID(wrong) == nil)
    }
  }
}
