// FaultTests.swift: folders, queues and mailboxes that are not as they should be.
//
// Mail that was accepted is delivered, waits, or comes back to its sender with the reason;
// what is not ours is not touched.

import Foundation
import TestSupport
import Testing

private func send(_ numbers: ClosedRange<Int>, to recipient: String, _ host: ServedHost) throws {
  let session = try SMTPSession(port: host.port)
  #expect(try session.say("EHLO client.example").isPositive)
  for number in numbers {
    #expect(try session.say("MAIL FROM:<emp0@example.edu>").code == 250)
    #expect(try session.say("RCPT TO:<\(recipient)>").code == 250)
    #expect(try session.say("DATA").code == 354)
    try session.send(NumberedMessage.text(number))
    #expect(try session.say(".").code == 250)
  }
}

private func numbers(in host: ServedHost, _ user: String) throws -> [Int: Int] {
  let box = GrowingMailbox(host.folder.path + "/state/mail/" + user)
  try box.read()
  return box.copies
}

@Suite("Faults of the state folder")
struct StateFolderTests {
  @Test("a map that cannot be read is said at the start, since clients only hear 451")
  func unreadableMap() throws {
    let host = try ServedHost("out/sendmail.cf", relay: 9)
    let path = host.folder.path + "/out/access.db"
    chmod(path, 0)
    if isRoot { chown(path, 0, 0) }
    let complaint = "access.db: cannot read table: Permission denied"
    #expect(!host.log.contains(complaint))
    host.signal(SIGHUP)
    try host.wait(for: "the complaint") { host.log.contains(complaint) }
    host.signal(SIGTERM)
    try host.restart()
    #expect(host.log.contains(complaint), "\(host.log)")
  }

  @Test("one that is not ours is refused at the start, with a status, and stays as it was")
  func foreign() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    try folder.write("main.cf", "myhostname = a.example\nalias_maps =\n")
    try folder.write("file", "mine\n")
    try folder.write("queue-is-file/queue", "mine\n")
    try folder.write("mail-is-file/mail", "mine\n")
    for name in ["closed", "closed-queue/queue", "open-queue/queue", "closed-mail/mail"] {
      try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
    }
    try folder.giveAway()
    for name in ["open-queue/queue"] { chmod(path + "/" + name, 0o755) }
    // As root we can make them another's; who is not has no folder but of one's own.
    for name in ["closed", "closed-queue/queue", "closed-mail/mail"] {
      chmod(path + "/" + name, isRoot ? 0o755 : 0o555)
      if isRoot { chown(path + "/" + name, 1, 1) }
    }
    let cases: [(state: String, status: Int32, message: String)] = [
      ("file", 73, "cannot make the state folder"),
      ("closed", 73, "/mail: Permission denied"),
      ("queue-is-file", 75, "is not a folder"),
      ("mail-is-file", 73, "mail"),
      ("closed-queue", 75, isRoot ? "belongs to another user" : "is open to others"),
      ("open-queue", 75, "run chmod 700"),
      ("closed-mail", 73, "cannot write to the folder of mailboxes"),
    ]
    for (state, status, message) in cases {
      let result = try run(
        Checkout.command("waybill"),
        ["serve", path + "/main.cf", "--state", path + "/" + state, "--listen", "0"]
          + (isRoot ? ["--user", unprivilegedUser] : []), seconds: 120)
      #expect(result.status == status && result.messageText.contains(message), "\(state): \(result)")
    }
    #expect(try String(contentsOfFile: path + "/file", encoding: .utf8) == "mine\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/closed").isEmpty)
  }

  @Test("bytes of the queue that changed: that message is set aside and said, the others go on")
  func damaged() throws {
    let host = try ServedHost("out/sendmail.cf", relay: 9)
    let lock = host.folder.path + "/state/mail/boss.lock"
    try "\(getpid())\n".write(toFile: lock, atomically: true, encoding: .utf8)
    try send(1...5, to: "boss@example.edu", host)
    host.signal(SIGKILL)
    try host.wait(for: "the end") { !host.isRunning }
    let queue = host.folder.path + "/state/queue"
    let segment = try #require(
      try FileManager.default.contentsOfDirectory(atPath: queue).first { $0.hasPrefix("segment-") })
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: queue + "/" + segment))
    let head = try #require(try file.read(upToCount: 1 << 20))
    let place = try #require(head.range(of: Data("line 1 of 6 in message 3".utf8)))
    try file.seek(toOffset: UInt64(place.lowerBound))
    try file.write(contentsOf: Data([0x4C ^ 0x10]))
    try file.close()
    unlink(lock)
    try host.restart()
    try host.wait(for: "the others") { (try? numbers(in: host, "boss").count) == 4 }
    #expect(try numbers(in: host, "boss") == [1: 1, 2: 1, 4: 1, 5: 1])
    #expect(host.log.contains("the queue: ") && host.log.contains("/corrupt/"), "\(host.log)")
    let aside = try FileManager.default.contentsOfDirectory(atPath: queue + "/corrupt")
    #expect(aside.count == 1)
    let copy = FileManager.default.contents(atPath: queue + "/corrupt/" + (aside.first ?? "")) ?? Data()
    #expect(copy.range(of: Data("in message 3".utf8)) != nil)
    try send(6...6, to: "boss@example.edu", host)
    try host.wait(for: "a later one") { (try? numbers(in: host, "boss")[6]) == 1 }
  }
}

@Suite("Faults of mailboxes")
struct MailboxFaultTests {
  enum Lock: String, CaseIterable { case dotlock, fcntl, flock }

  /// Held by this process until `release`.
  private struct Held {
    let release: () -> Void

    init(_ method: Lock, _ path: String) throws {
      switch method {
      case .dotlock:
        // The delivery that was just seen may have its own there for a moment.
        let end = Date().addingTimeInterval(5)
        var descriptor = open(path + ".lock", O_CREAT | O_EXCL | O_WRONLY, 0o644)
        while descriptor < 0, Date() < end {
          usleep(10_000)
          descriptor = open(path + ".lock", O_CREAT | O_EXCL | O_WRONLY, 0o644)
        }
        guard descriptor >= 0 else { throw ServedHost.Failure(description: "cannot lock \(path)") }
        close(descriptor)
        release = { unlink(path + ".lock") }
      case .fcntl, .flock:
        let descriptor = open(path, O_RDWR)
        func take() -> Bool {
          var whole = flock()
          whole.l_type = Int16(F_WRLCK)
          return method == .fcntl ? fcntl(descriptor, F_SETLK, &whole) == 0 : flock(descriptor, LOCK_EX | LOCK_NB) == 0
        }
        // The delivery that was just seen may not have let go yet.
        let end = Date().addingTimeInterval(5)
        while !take() {
          guard Date() < end else { throw ServedHost.Failure(description: "cannot lock \(path)") }
          usleep(10_000)
        }
        release = { close(descriptor) }
      }
    }
  }

  @Test("locked by another process: deferred, and delivered when the lock is gone", arguments: Lock.allCases)
  func locked(_ method: Lock) throws {
    let host = try ServedHost("out/postfix/main.cf", relay: 9) { built in
      let path = built + "/postfix/main.cf"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try (text + "\nmailbox_delivery_lock = \(method)\ndeliver_lock_attempts = 1\n")
        .write(toFile: path, atomically: true, encoding: .utf8)
    }
    try send(1...1, to: "boss@example.edu", host)
    try host.wait(for: "the first") { host.messages(of: "boss") == 1 }
    let path = host.folder.path + "/state/mail/boss"
    let lock = try Held(method, path)
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    try send(2...4, to: "boss@example.edu", host)
    try send(5...5, to: "emp0@example.edu", host)
    try host.wait(for: "the attempts") {
      host.log.split(separator: "\n").count { $0.contains("status=deferred") && $0.contains("is locked") } >= 3
    }
    // Others' mail does not wait.
    try host.wait(for: "another's") { host.messages(of: "emp0") == 1 }
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int == size)
    lock.release()
    try host.wait(for: "what waited") { (try? numbers(in: host, "boss").count) == 4 }
    #expect(try numbers(in: host, "boss") == [1: 1, 2: 1, 3: 1, 4: 1])
  }

  @Test("locked for a while: the delivery waits", arguments: [Lock.dotlock, .fcntl])
  func waits(_ method: Lock) throws {
    let host = try ServedHost("out/sendmail.cf", relay: 9)
    try send(1...1, to: "boss@example.edu", host)
    try host.wait(for: "the first") { host.messages(of: "boss") == 1 }
    let path = host.folder.path + "/state/mail/boss"
    let lock = try Held(method, path)
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    try send(2...2, to: "boss@example.edu", host)
    usleep(700_000)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int == size)
    lock.release()
    try host.wait(for: "what waited") { (try? numbers(in: host, "boss")) == [1: 1, 2: 1] }
    #expect(!host.log.contains("stat=Deferred"))
  }

  @Test(
    "a link, a folder, a file with two names: the sender hears of it, and nothing is written elsewhere",
    arguments: ServeTests.configurations)
  func strange(_ configuration: String) throws {
    let host = try ServedHost(configuration, relay: 9)
    let mail = host.folder.path + "/state/mail/"
    try host.folder.write("victim", "kept\n")
    try host.folder.write("other", "kept\n")
    try host.folder.giveAway()
    symlink(host.folder.path + "/victim", mail + "boss")
    mkdir(mail + "daemon", 0o777)
    link(host.folder.path + "/other", mail + "list")
    for user in ["boss", "daemon"] { try send(7...7, to: user + "@example.edu", host) }
    try send(8...8, to: "list@example.edu", host)
    try host.wait(for: "three notices") { host.messages(of: "emp0") == 3 }
    let notices = host.mailbox("emp0")
    for reason in ["is a symbolic link", "Is a directory", "hard links"] {
      #expect(notices.contains(reason), "\(reason)\n\(notices)")
    }
    for name in ["victim", "other"] {
      #expect(try String(contentsOfFile: host.folder.path + "/" + name, encoding: .utf8) == "kept\n")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: mail + "daemon").isEmpty)
  }
}
