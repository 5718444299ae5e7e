// PipeTransportTests.swift: programs of master.cf get the same words and bytes, and their ends
// mean the same, as with the real pipe(8).

import Foundation
import TestSupport
import Testing

@Suite(
  "Same pipe transports as Postfix", .serialized, .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: isRoot, "needs root: Postfix's master runs as root only"))
struct PipeTransportTests {
  private static let everything =
    "${nexthop} s=${sender} r=${recipient} u=${user} d=${domain} e=${extension} m=${mailbox} z=${size} "
    + "o=${original_recipient} h=${client_helo} a=${client_address} n=${client_hostname} p=${client_protocol} "
    + "l=${sasl_method} $$x$recipient $(user)${extension} {two words}"

  /// The attributes of a service, and the words behind the name of the file.
  private static let services: [(name: String, attributes: String, words: String)] = [
    ("plain", "user=nobody", everything), ("folded", "flags=hu user=nobody", everything),
    ("quoted", "flags=q user=nobody", everything), ("final", "flags=DORX user=nobody", "${recipient}"),
    ("news", "flags=FRhu.> user=nobody null_sender=nobody@null", "$recipient $sender"),
    ("batch", "flags=BF user=nobody eol=\\r\\n", "$(recipient)"),
  ]

  /// Commands whose ends are compared; the attributes before argv=.
  private static let ends: [(name: String, attributes: String, command: String)] = [
    ("x0", "", "exit 0"), ("x1", "", "exit 1"), ("x64", "", "exit 64"), ("x67", "", "exit 67"), ("x69", "", "exit 69"),
    ("x75", "", "exit 75"), ("x78", "flags=X", "exit 78"), ("killed", "", "kill -9 $$$$"),
    ("told", "", "echo 4.7.9 wait; exit 1"), ("refused", "", "echo 5.7.9 no; exit 75"), ("large", "size=100", "exit 0"),
    ("unknown", "", "exit 0 ${nosuch}"), ("none", "", ""),
  ]

  private static func main(_ names: [String]) -> String {
    """
    myhostname = mail.test.example
    mydestination = $myhostname
    mynetworks = 127.0.0.0/8
    local_recipient_maps =
    alias_maps =
    recipient_delimiter = +
    default_destination_recipient_limit = 1
    pair_destination_recipient_limit = 5
    transport_maps = inline:{\(names.map { "{\($0).example=\($0)}" }.joined(separator: ","))}

    """
  }

  private static func master(_ folder: String) -> String {
    services.map {
      "\($0.name) unix - n n - - pipe \($0.attributes) argv=/bin/sh \(folder)/capture \($0.name) \($0.words)\n"
    }.joined()
      + ends.map {
        "\($0.name) unix - n n - - pipe \($0.attributes) user=nobody argv="
          + ($0.command.isEmpty ? "/no/such/program\n" : "/bin/sh -c {\($0.command)}\n")
      }.joined() + "pair unix - n n - - pipe flags=D user=nobody argv=/bin/sh -c {exit 0}\n"
  }

  /// Both hosts, and the folders that their programs write into.
  private final class Pair {
    let (theirs, ours) = (try? TemporaryFolder(), try? TemporaryFolder())
    let real: PostfixInstance
    let host: ServedHost

    init() throws {
      guard let theirs, let ours else { throw ServedHost.Failure(description: "no folders") }
      for folder in [theirs, ours] {
        let path = folder.path
        try folder.write(
          "capture",
          "name=$1; shift; { for word; do printf '[%s]\\n' \"$word\"; done; echo --; cat; } > \(path)/$name.new\n"
            + "mv \(path)/$name.new \(path)/$name\n")
        chmod(path, 0o777)
        chmod(path + "/capture", 0o644)
      }
      let names = services.map(\.name) + ends.map(\.name) + ["pair"]
      real = try PostfixInstance(
        main: main(names), master: master(theirs.path), recorders: ["local", "smtp", "relay", "lmtp"])
      try real.start()
      let folder = try TemporaryFolder()
      try folder.write("main.cf", "compatibility_level = 3.6\ndisable_dns_lookups = yes\n" + main(names))
      let standard = try String(contentsOfFile: real.configuration + "/master.cf", encoding: .utf8)
      try folder.write("master.cf", standard.replacingOccurrences(of: theirs.path, with: ours.path))
      host = try ServedHost(in: folder, "main.cf", relay: 9, ["--programs"])
    }

    deinit { real.stop() }

    var ports: [UInt16] { [real.port, host.port] }

    /// What a service's program got, once.
    func take(_ name: String) throws -> (theirs: String, ours: String) {
      func read(_ folder: TemporaryFolder?) throws -> String {
        let path = (folder?.path ?? "") + "/" + name
        try host.wait(for: path) { FileManager.default.fileExists(atPath: path) }
        defer { unlink(path) }
        return String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
      }
      return (try read(theirs), try read(ours))
    }
  }

  private static let text =
    "From: a@b.example\nSubject: s\nReturn-Path: <old@x>\n\nhello\nFrom here\n>From there\n.dot\n\nlast\n"

  @Test("the words and the bytes that a program gets are the same")
  func sameCalls() throws {
    let pair = try Pair()
    let recipients = ["User+Ext", "\"q r+e\"", "x", "a$b"]
    for (index, recipient) in recipients.enumerated() {
      let sender = ["Alice@Test.example", "", "\"a b\"@x.example", "c+d@x.example"][index]
      for service in Self.services {
        for port in pair.ports {
          let codes = try HeaderMessages.send(
            Self.text, from: sender, to: "\(recipient)@\(service.name).example", port: port)
          #expect(codes == [250, 250, 250, 354, 250])
        }
        let (theirs, ours) = try pair.take(service.name)
        #expect(Self.masked(ours) == Self.masked(theirs), "\(service.name) for \(recipient)")
        for text in [theirs, ours] { expectSize(in: text) }
      }
    }
  }

  private static func masked(_ text: String) -> String {
    HeaderMessages.masked(Array(text.utf8)).replacing(/\[z=[0-9]+\]/, with: "[z=]")
      .replacing(/[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9 ]{2} [0-9:]{8} [0-9]{4}/, with: "DATE")
  }

  /// `${size}` counts the message as it is on the network.
  private func expectSize(in text: String) {
    guard let given = text.firstMatch(of: /\[z=([0-9]+)\]/), let start = text.range(of: "]\n--\n") else { return }
    let message = text[start.upperBound...].utf8
    #expect(Int(given.1) == message.count + message.count { $0 == 0x0A }, "\(text)")
  }

  @Test("how a program ends means the same")
  func sameEnds() throws {
    let pair = try Pair()
    func ending(_ name: String, _ log: String) -> String? {
      // Agents that run side by side are sometimes not let to the bounce service here.
      let line = log.split(separator: "\n").last {
        $0.contains(" to=<u@\(name).example>") && !$0.contains("(bounce or trace service failure)")
      }
      return line.flatMap { $0.firstMatch(of: /dsn=[0-9.]+, status=[a-z]+/) }.map { String($0.0) }
    }
    for (name, _, _) in Self.ends {
      for port in pair.ports {
        _ = try HeaderMessages.send(Self.text, from: "", to: "u@\(name).example", port: port)
      }
      try pair.host.wait(for: name) { ending(name, pair.real.log) != nil && ending(name, pair.host.log) != nil }
      #expect(ending(name, pair.host.log) == ending(name, pair.real.log), "\(name)")
    }
  }

  @Test("mail that was here before comes back; a header for one recipient is not written for two")
  func circles() throws {
    let pair = try Pair()
    for port in pair.ports {
      _ = try HeaderMessages.send("Delivered-To: U@final.example\n\nx\n", from: "", to: "u@final.example", port: port)
      let session = try SMTPSession(port: port)
      for line in ["EHLO x", "MAIL FROM:<>", "RCPT TO:<a@pair.example>", "RCPT TO:<b@pair.example>", "DATA"] {
        _ = try session.say(line)
      }
      #expect(try session.say("Subject: x\r\n\r\nx\r\n.").code == 250)
    }
    for (recipient, ending) in [
      ("u@final", "dsn=5.4.6, status=bounced (mail forwarding loop for u@final.example)"),
      ("a@pair", "dsn=4.3.5, status=deferred (mail system configuration error)"),
      ("b@pair", "dsn=4.3.5, status=deferred (mail system configuration error)"),
    ] {
      for log in [{ pair.real.log }, { pair.host.log }] {
        try pair.host.wait(for: "\(recipient): \(ending)") {
          log().split(separator: "\n").contains { $0.contains("to=<\(recipient)") && $0.hasSuffix(ending) }
        }
      }
    }
  }

  @Test("without --programs the mail waits, and the log says why")
  func closed() throws {
    let folder = try TemporaryFolder()
    try folder.write("main.cf", "compatibility_level = 3.6\n" + Self.main(["x0"]))
    try folder.write("master.cf", "smtp inet n - n - - smtpd\n" + Self.master(folder.path))
    let host = try ServedHost(in: folder, "main.cf", relay: 9)
    _ = try HeaderMessages.send(Self.text, from: "", to: "u@x0.example", port: host.port)
    try host.wait(for: "the reason") {
      host.log.contains("dsn=4.3.5, status=deferred (the transport x0 is not run here: start with --programs")
    }
  }
}
