// FailingDiskTests.swift: what clients hear while the disk under the queue fails.

import Foundation
import MTA
import MailQueue
import Posix
import Resolver
import TestSupport
import Testing

/// A disk whose writes, syncs or allocations fail while it is told to.
private final class FailingDisk: @unchecked Sendable {
  enum Call: CaseIterable { case write, sync, allocate }

  private let monitor = Monitor()
  private var failure: (call: Call, reason: Errno)?

  func fail(_ call: Call, _ reason: Errno) { monitor.withLock { failure = (call, reason) } }
  func recover() { monitor.withLock { failure = nil } }

  private func check(_ call: Call) throws(Errno) {
    if let failure = monitor.withLock({ failure }), failure.call == call { throw failure.reason }
  }

  var settings: QueueSettings {
    var settings = QueueSettings()
    settings.segmentSize = 1 << 20
    settings.minimumFreeBytes = 0
    let system = Disk.system
    settings.disk.write = { [self] descriptor, pieces, offset throws(Errno) in
      try check(.write)
      try system.write(descriptor, pieces, offset)
    }
    settings.disk.sync = { [self] descriptor throws(Errno) in
      try check(.sync)
      try system.sync(descriptor)
    }
    settings.disk.allocate = { [self] descriptor, size throws(Errno) in
      try check(.allocate)
      try system.allocate(descriptor, size)
    }
    return settings
  }
}

@Suite("A disk that fails")
struct FailingDiskTests {
  private let folder: TemporaryFolder
  private let disk = FailingDisk()

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      "main.cf",
      "myhostname = a.example\nmydestination =\nmynetworks = 127.0.0.0/8\nalias_maps =\nrelay_domains =\n")
  }

  private func start(_ relay: UInt16) throws -> (Runtime, UInt16) {
    var settings = RuntimeSettings(stateFolder: folder.path + "/state", resolver: ZoneResolver([]))
    settings.queue = disk.settings
    settings.listeners = [RuntimeSettings.Listener(port: 0)]
    settings.outbound = .everything(to: RuntimeSettings.Listener(port: Int(relay)))
    settings.firstRetry = 1
    let source = ConfigurationSource(folder.path, hostName: "a.example", resolver: settings.resolver)
    let runtime = try Runtime(try source.load { _ in }, settings)
    return (runtime, UInt16(runtime.addresses[0].port))
  }

  private func send(_ number: Int, _ size: Int, port: UInt16) throws -> SMTPSession.Reply {
    let session = try SMTPSession(port: port)
    var reply = try session.say("EHLO client.example")
    for line in ["MAIL FROM:<alice@example.net>", "RCPT TO:<someone@example.org>", "DATA"] where reply.isPositive {
      reply = try session.say(line)
    }
    guard reply.code == 354 else { return reply }
    let filler = String(repeating: String(repeating: "x", count: 70) + "\r\n", count: size / 72)
    try session.send(Array("X-Test: \(number)\r\n\r\n\(filler)".utf8))
    return try session.say(".")
  }

  @Test(
    "the client hears 451 or 452 and keeps the message; what got a 250 arrives, and nothing else",
    arguments: [
      (FailingDisk.Call.sync, EIO, 451), (.sync, ENOSPC, 452), (.write, EIO, 451), (.write, ENOSPC, 452),
      (.write, EDQUOT, 452), (.allocate, ENOSPC, 452),
    ])
  fileprivate func fails(_ call: FailingDisk.Call, _ reason: Int32, _ code: Int) throws {
    let sink = try SMTPSink()
    let (runtime, port) = try start(sink.port)
    defer { runtime.stop(patience: .seconds(1)) }
    var accepted: Set<String> = []
    func note(_ number: Int, _ reply: SMTPSession.Reply, _ wanted: Int) {
      #expect(reply.code == wanted, "\(number): \(reply)")
      if reply.code == 250 { accepted.insert("\(number)") }
    }
    func wait() {
      for _ in 0..<500 where Set(sink.notes.map(\.tag)) != accepted { usleep(20_000) }
    }
    note(1, try send(1, 100, port: port), 250)
    wait()
    disk.fail(call, Errno(reason))
    // The last is longer than a segment, so that it needs another one.
    let size = call == .allocate ? 2 << 20 : 100
    for number in 2...4 { note(number, try send(number, size, port: port), code) }
    note(5, try send(5, 2 << 20, port: port), code)
    disk.recover()
    for number in 6...8 { note(number, try send(number, 100, port: port), 250) }
    wait()
    #expect(sink.notes.map(\.tag).sorted() == accepted.sorted())
  }

  @Test("a client that is cut off in the middle of a message leaves nothing; the rest goes on")
  func clientReset() throws {
    let sink = try SMTPSink()
    let (runtime, port) = try start(sink.port)
    defer { runtime.stop(patience: .seconds(1)) }
    for size in [100, 600_000] {
      let session = try SMTPSession(port: port)
      for line in ["EHLO client.example", "MAIL FROM:<alice@example.net>", "RCPT TO:<someone@example.org>", "DATA"] {
        #expect(try session.say(line).isPositive)
      }
      try session.send(Array(("X-Test: cut\r\n\r\n" + String(repeating: "x\r\n", count: size / 3)).utf8))
      session.reset()
    }
    #expect(try send(9, 100, port: port).code == 250)
    for _ in 0..<500 where sink.notes.isEmpty || !runtime.queue.list().isEmpty { usleep(20_000) }
    #expect(sink.notes.map(\.tag) == ["9"] && runtime.queue.list().isEmpty)
  }

  @Test("a server that is cut off in the middle of our message: deferred, and delivered later", arguments: [1, 3, 5])
  func serverReset(_ commands: Int) throws {
    let server = try ResettingServer(after: commands)
    let (runtime, port) = try start(server.port)
    defer { runtime.stop(patience: .seconds(1)) }
    #expect(try send(1, 300_000, port: port).code == 250)
    func attempts() -> Int { runtime.queue.list().first?.envelope?.recipients.first?.attempts ?? 0 }
    for _ in 0..<500 where attempts() == 0 { usleep(20_000) }
    #expect(attempts() > 0)
    server.isPatient = true
    for _ in 0..<500 where server.taken == 0 { usleep(20_000) }
    #expect(server.taken == 1)
    for _ in 0..<100 where !runtime.queue.list().isEmpty { usleep(20_000) }
    #expect(runtime.queue.list().isEmpty)
  }
}

/// Resets each connection after some lines that it got, until it is patient.
private final class ResettingServer: @unchecked Sendable {
  let port: UInt16
  private let listener: Int32
  private let monitor = Monitor()
  private var patient = false
  private var count = 0

  var isPatient: Bool {
    get { monitor.withLock { patient } }
    set { monitor.withLock { patient = newValue } }
  }
  var taken: Int { monitor.withLock { count } }

  init(after lines: Int) throws {
    listener = try bindSocket(host: "127.0.0.1", port: 0)
    guard listen(listener, 10) == 0, let port = SMTPSession.port(of: listener) else { throw POSIXError(.EIO) }
    self.port = port
    let descriptor = listener
    Thread.detachNewThread { [weak self] in
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0, let self else { return }
        serve(client, lines)
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ client: Int32, _ most: Int) {
    guard let stream = fdopen(client, "r") else { return }
    func say(_ text: String) {
      let bytes = Array((text + "\r\n").utf8)
      _ = bytes.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
    say("220 resets")
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    var lines = 0
    var isInText = false
    while getline(&line, &capacity, stream) > 0, let text = line.map({ String(cString: $0) }) {
      lines += 1
      if !isPatient, lines >= most {
        SMTPSession.setReset(client)
        break
      }
      if isInText, text != ".\r\n" { continue }
      if isInText { monitor.withLock { count += 1 } }
      isInText = text.uppercased().hasPrefix("DATA")
      say(isInText ? "354 go on" : "250 ok")
    }
    free(line)
    fclose(stream)
  }
}
