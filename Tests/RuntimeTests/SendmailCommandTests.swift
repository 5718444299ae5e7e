// The sendmail command end to end: submission with and without a daemon, the queue, and root.

import Foundation
import TestSupport
import Testing

@Suite("The sendmail command")
struct SendmailCommandTests {
  private static let message = "Subject: hello\n\nhi there\n"

  @Test("a message for a mailbox is there when the command has ended, and the queue is empty")
  func submission() throws {
    let host = try SentHost()
    let result = try host.run(["-f", "alice@b.example", "staff"], Self.message)
    #expect(result == RunResult(output: [], messages: [], status: 0), "\(result)")
    for user in ["root", "daemon"] { #expect(host.mailbox(user).contains("hi there"), "\(user)") }
    #expect(host.mailbox("root").contains("From alice@b.example "))
    #expect(try host.run(["-bp"]).text == "\(host.state) is empty\n\t\tTotal requests: 0\n")
    #expect(host.log.contains(": from=alice@b.example, size=25, class=0, nrcpts=2, "))
    #expect(host.log.contains("mailer=local, ") && host.log.contains("dsn=2.0.0, stat=Sent"))
  }

  @Test("recipients of the header, and blind ones whom nobody sees")
  func headerRecipients() throws {
    let host = try SentHost()
    let result = try host.run(["-t"], "To: root (me)\nBcc: daemon\nSubject: x\n\nhi\n")
    #expect(result.status == 0, "\(result)")
    for user in ["root", "daemon"] {
      #expect(host.mailbox(user).contains("To: root (me)\n"))
      #expect(!host.mailbox(user).contains("Bcc"))
    }
  }

  @Test("unknown users are told, kept for the sender to see, and nothing of it is queued")
  func unknownUser() throws {
    let host = try SentHost()
    let result = try host.run(["nosuch"], Self.message)
    #expect(result.status == 67)
    #expect(result.text.hasPrefix("nosuch... User unknown\n"), "\(result)")
    let letter = try String(contentsOfFile: host.folder.path + "/dead.letter", encoding: .utf8)
    #expect(letter.contains("hi there"))
    #expect(try host.run(["-bp"]).text.contains("is empty"))
  }

  @Test("-oem and -t: the sender gets back by mail what cannot be sent, -oee with status 0")
  func mailedErrors() throws {
    let host = try SentHost()
    let told = "nosuch... User unknown\n"
    for (words, input, status, output) in [
      (["-oem", "nosuch"], Self.message, 67, ""), (["-oee", "nosuch"], Self.message, 0, ""),
      (["-t"], "Cc: nosuch\n" + Self.message, 67, told),
    ] as [([String], String, Int32, String)] {
      let result = try host.run(["-f", "root"] + words, input)
      #expect(result.status == status && result.text == output, "\(words): \(result)")
    }
    #expect(host.mailbox("root").components(separatedBy: "multipart/report").count == 4, "\(host.mailbox("root"))")
    #expect(!FileManager.default.fileExists(atPath: host.folder.path + "/dead.letter"))
  }

  @Test("-odq queues; -q sends, and only what is meant")
  func queueRuns() throws {
    let host = try SentHost()
    for user in ["root", "daemon"] {
      #expect(try host.run(["-odq", "-f", "\(user)@b.example", user], Self.message).status == 0)
    }
    #expect(host.mailbox("root").isEmpty && host.mailbox("daemon").isEmpty)
    let listed = try host.run(["-bp"]).text
    #expect(listed.contains("(2 requests)") && listed.contains("\t\t\t\t\t root\n"), "\(listed)")
    #expect(try host.run(["-bp", "-qRdaem"]).text.contains("(1 request)"))
    #expect(try host.run(["-q!Rdaem"]).status == 0)
    #expect(!host.mailbox("root").isEmpty && host.mailbox("daemon").isEmpty)
    #expect(try host.run(["-Qstrange", "-qSDAEMON@"]).status == 0)
    #expect(try host.run(["-q"]).status == 0)
    #expect(host.mailbox("daemon").isEmpty)
    #expect(try host.run([], as: "mailq").text.contains("is empty"))
    #expect(try host.run(["-qQ"], as: "mailq").text.contains("     QUARANTINE: strange\n"))
    #expect(try host.run(["-Q", "-qQstr"]).status == 0)
    #expect(try host.run(["-q", "-v"]).text.contains("daemon... Sent"))
    #expect(!host.mailbox("daemon").isEmpty)
  }

  @Test("what cannot go now stays, with the reason, and a daemon of its own is not needed for another try")
  func deferred() throws {
    let port = try PostfixInstance.freePort()
    let host = try SentHost(remotePort: port)
    let result = try host.run(["-v", "x@elsewhere.example"], Self.message)
    #expect(result.status == 0 && result.text.contains("x@elsewhere.example... Deferred: "), "\(result)")
    #expect(
      try host.run(["-bp"]).text.contains("(Deferred: Connection refused by [127.0.0.1])"))
    #expect(host.log.contains("dsn=4.4.1, stat=Deferred: "))
  }

  @Test("commands at one time share the queue, and none of their messages is lost")
  func manyAtOnce() throws {
    let host = try SentHost()
    let count = 12
    let statuses = Statuses()
    DispatchQueue.concurrentPerform(iterations: count) { number in
      let mode = ["-odb", "-odi", "-odq"][number % 3]
      statuses.add((try? host.run([mode, "root"], "Subject: \(number)\n\nhi\n").status) ?? -1)
    }
    #expect(statuses.all == Array(repeating: 0, count: count))
    #expect(try host.run(["-q"]).status == 0)
    try host.wait(for: "the messages") {
      (0..<count).allSatisfy { host.mailbox("root").contains("Subject: \($0)\n") }
    }
    #expect(host.mailbox("root").components(separatedBy: "Subject: ").count == count + 1)
  }

  private final class Statuses: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var all: [Int32] = []
    func add(_ status: Int32) {
      lock.lock()
      defer { lock.unlock() }
      all.append(status)
    }
  }

  // MARK: the daemon

  @Test("-bd takes mail by SMTP and from commands, lists and runs the queue, reloads and goes down")
  func daemon() throws {
    let host = try SentHost()
    let port = try host.startDaemon()
    let session = try SMTPSession(port: port)
    #expect(session.greeting.code == 220)
    for (line, code) in [("EHLO x.example", 250), ("MAIL FROM:<a@b.example>", 250), ("RCPT TO:<nosuch>", 550)] {
      #expect(try session.say(line).code == code)
    }
    #expect(host.log.contains(": NOQUEUE: <nosuch>... User unknown\n"))
    #expect(try host.run(["-odi", "root"], Self.message).status == 0)
    #expect(host.mailbox("root").contains("hi there"))
    #expect(try host.run(["-odq", "daemon"], Self.message).status == 0)
    #expect(host.log.contains(": to=daemon, delay=00:00:00, mailer=local, pri=30025, stat=queued\n"))
    #expect(try host.run(["-bp"]).text.contains("(1 request)"))
    #expect(try host.run(["-q"]).status == 0)
    #expect(host.mailbox("daemon").contains("hi there"))
    let pid = try #require(host.daemonNumber)
    kill(pid, SIGHUP)
    try host.wait(for: "the reload") { host.log.contains("was read anew") }
    kill(pid, SIGTERM)
    try host.wait(for: "the end") { kill(pid, 0) != 0 }
    #expect(host.log.contains("going down"))
    // Without it commands do for themselves again; root may not have made what is there.
    #expect(!FileManager.default.fileExists(atPath: host.state + "/control"))
  }

  @Test("-bd tells its caller of a port in use, and ends")
  func portInUse() throws {
    let host = try SentHost()
    let port = try host.startDaemon()
    let user = isRoot ? ["-ORunAsUser=\(unprivilegedUser)"] : []
    let result = try host.run(["-bd", "-ODaemonPortOptions=Port=\(port),Addr=127.0.0.1"] + user)
    #expect(result.status == 69 && result.messageText.contains("cannot listen on 127.0.0.1:\(port)"), "\(result)")
  }

  @Test("-bs speaks SMTP on the standard descriptors")
  func smtp() throws {
    let host = try SentHost()
    let session = try host.session()
    #expect(session.greeting.code == 220)
    for (line, code) in [
      ("EHLO x", 250), ("MAIL FROM:<a@b.example>", 250), ("RCPT TO:<nosuch>", 550), ("RCPT TO:<root>", 250),
      ("DATA", 354), ("Subject: x\r\n\r\nhi\r\n.", 250), ("QUIT", 221),
    ] {
      let reply = try session.say(line)
      #expect(reply.code == code, "\(line): \(reply)")
    }
    #expect(session.end() == 0)
    #expect(host.mailbox("root").contains("Subject: x"))
  }

  @Test("a daemon does not stay root", .enabled(if: isRoot, "not root, so nothing to give up"))
  func refusesRoot() throws {
    let host = try SentHost()
    for words in [["-bd"], ["-bD"], ["-bd", "-ORunAsUser=root"], ["-q1h"]] {
      let result = try host.run(words + ["-ODaemonPortOptions=Port=0,Addr=127.0.0.1"])
      #expect(result.status == 77 && result.messageText.contains("RunAsUser"), "\(words): \(result)")
    }
    let port = try host.startDaemon()
    #expect(port > 0)
    let pid = try #require(host.daemonNumber)
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Uid:") })
    #expect(Set(line.split(separator: "\t").dropFirst()).count == 1 && !line.contains("\t0"), "\(line)")
  }

  @Test("what a user claims who is not trusted is noted", .enabled(if: isRoot, "needs root, to be somebody else"))
  func warnings() throws {
    let host = try SentHost()
    try host.folder.giveAway()
    let command = [
      "--reuid", "65534", "--regid", "65534", "--clear-groups", Checkout.command("sendmail"), "-C",
      host.folder.path + "/sendmail.cf",
    ]
    let variables: [String: String?] = ["HOME": host.folder.path, "NAME": nil]
    func submit(_ words: [String], _ input: String) throws {
      let result = try run("/usr/bin/setpriv", command + words, input: Array(input.utf8), environment: variables)
      #expect(result.status == 0, "\(result)")
    }
    func noted() -> [String] {
      host.mailbox("root").split(separator: "\n").filter { $0.hasPrefix("X-Authentication-Warning: ") }
        .map { String($0.dropFirst("X-Authentication-Warning: ".count)) }
    }
    try submit(["-f", "alice@b.example", "root"], Self.message)
    let file = "test.example: Processed by nobody with -C \(host.folder.path)/sendmail.cf"
    #expect(noted() == [file, "test.example: nobody set sender to alice@b.example using -f"])
    try submit(["-f", "nobody", "root"], Self.message)
    #expect(noted().dropFirst(2) == [file])
    let session = try SMTPSession(program: "/usr/bin/setpriv", command + ["-bs"], environment: variables)
    for line in ["MAIL FROM:<nobody>", "RCPT TO:<root>", "DATA", "Subject: x\r\n\r\nhi\r\n.", "QUIT"] {
      #expect(try session.say(line).isPositive, "\(line)")
    }
    #expect(session.end() == 0)
    #expect(noted().dropFirst(3) == [file, "test.example: nobody owned process doing -bs"])
  }

  @Test("a daemon that was killed is no hindrance: its mail is there, and commands do for themselves")
  func killedDaemon() throws {
    let host = try SentHost()
    _ = try host.startDaemon()
    #expect(try host.run(["-odq", "root"], Self.message).status == 0)
    let pid = try #require(host.daemonNumber)
    kill(pid, SIGKILL)
    try host.wait(for: "the end") { kill(pid, 0) != 0 }
    // Commands of the user whose queue it is.
    let user =
      isRoot ? ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : ["/usr/bin/env"]
    for (words, text) in [(["-bp"], "(1 request)"), (["-q", "-v"], "root... Sent"), (["-bp"], "is empty")] {
      let result = try run(
        user[0],
        user.dropFirst() + [Checkout.command("sendmail"), "-C", host.folder.path + "/sendmail.cf"] + words,
        environment: ["HOME": host.folder.path])
      #expect(result.status == 0 && result.text.contains(text), "\(result)")
    }
  }

  @Test("under a main.cf the words are Postfix's")
  func postfix() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "main.cf", "myhostname = mail.test.example\nmydestination = $myhostname\nalias_maps =\nlocal_recipient_maps =\n")
    func command(_ words: [String], _ input: String = "") throws -> RunResult {
      try run(
        Checkout.command("sendmail"), ["-C", folder.path, "-OQueueDirectory=\(folder.path)/state"] + words,
        input: Array(input.utf8), environment: ["HOME": folder.path])
    }
    #expect(try command(["-bp"]) == RunResult(output: Array("Mail queue is empty\n".utf8), messages: [], status: 0))
    #expect(try command(["-odi", "-f", "root", "root"], "Message-Id: <m@x>\n\nhi\n").status == 0)
    let log = try String(contentsOfFile: folder.path + "/state/mail.log", encoding: .utf8)
    for part in [
      "postfix/pickup[", ": uid=\(getuid()) from=<", "postfix/cleanup[", ": message-id=<m@x>\n", "postfix/qmgr[",
      ": from=<root@mail.test.example>, size=", ", nrcpt=1 (queue active)\n", "postfix/local[",
      ": to=<root>, relay=local, delay=",
      ", dsn=2.0.0, status=sent (delivered to mailbox)\n", ": removed\n",
    ] { #expect(log.contains(part), "\(part)\n\(log)") }
  }

  // MARK: bad input

  @Test("what cannot be done is said, with sendmail's status")
  func badInput() throws {
    let host = try SentHost()
    let cases: [(words: [String], status: Int32, text: String)] = [
      ([], 64, "Recipient names must be specified"), (["-bv"], 64, "Recipient names must be specified"),
      (["-bX"], 64, "Invalid operation mode X"), (["-Nfoo", "root"], 64, "Invalid -N argument"),
      (["-Rfoo", "root"], 64, "Invalid -R value"), (["-Va b", "root"], 64, "Invalid syntax in -V flag"),
      (["-habc", "root"], 64, "Bad hop count (abc)"), (["-Z"], 64, "illegal option -- Z"),
      (["-f", "a", "-f", "b", "root"], 64, "More than one \"from\" person"),
      (["-q5x"], 64, "Invalid time unit `x'"), (["-qGother"], 0, "Queue group other unknown"),
      (["-Onosuch=1", "root"], 70, "nosuch"), (["-X", "/no/such/x", "root"], 73, "cannot open"),
      (["-ba"], 64, "550 Recipient names must be specified"),
      (["-C", "/no/such.cf", "root"], 72, "/no/such.cf: line 0: cannot open"),
      (["-C", "/proc", "root"], 72, "no main.cf"),
    ]
    for (words, status, text) in cases {
      let result = try host.run(words, Self.message)
      #expect(result.status == status, "\(words): \(result)")
      #expect((result.text + result.messageText).contains(text), "\(words): \(result)")
    }
    #expect(!FileManager.default.fileExists(atPath: host.state + "/queue"))
  }

  @Test("a queue that is not ours is left alone, and the message is not said to be sent")
  func foreignQueue() throws {
    let host = try SentHost()
    try host.folder.write("spool/queue/notes", "mine\n")
    chmod(host.state + "/queue", 0o700)
    let result = try host.run(["root"], Self.message)
    #expect(result.status == 75 && result.messageText.contains("is not a queue of ours"), "\(result)")
  }

  @Test("aliases with a fault leave the database as it was")
  func faultyAliases() throws {
    let host = try SentHost()
    #expect(try host.run(["-bi"]).text == "\(host.folder.path)/aliases: 2 aliases, longest 12 bytes, 31 bytes total\n")
    let path = host.folder.path + "/aliases.db"
    let before = FileManager.default.contents(atPath: path)
    try host.folder.write("aliases", "good: root\nno colon here\n")
    let result = try host.run([], as: "newaliases")
    #expect(result.status == 65 && result.messageText.contains("aliases:2"), "\(result)")
    #expect(FileManager.default.contents(atPath: path) == before)
  }
}
