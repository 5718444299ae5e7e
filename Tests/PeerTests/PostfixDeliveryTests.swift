// PostfixDeliveryTests.swift: mailboxes, files and programs beside Postfix's local(8),
// virtual(8) and pipe(8).
//
// One message goes to every agent at once, and by a pipe without flags to a file, which is
// the message as the agents were given it. From that ours must make the same bytes.

import Delivery
import Foundation
import MailAddress
import Posix
import TestSupport
import Testing

/// A private Postfix whose agents are the real ones, and a folder that they can write to.
private final class AgentHost {
  let instance: PostfixInstance
  let output: TemporaryFolder

  init(aliases: [(name: String, target: String)], main: String = "") throws {
    output = try TemporaryFolder()
    chmod(output.path, 0o777)
    for name in ["mail", "virtual"] {
      mkdir(output.path + "/" + name, 0o777)
      chmod(output.path + "/" + name, 0o1777)
    }
    let folder = output.path
    instance = try PostfixInstance(
      main: """
        myhostname = mail.test.example
        mydestination = $myhostname, test.example
        mynetworks = 127.0.0.0/8
        local_recipient_maps =
        recipient_delimiter = +
        alias_maps = hash:@FOLDER@/etc/aliases
        mail_spool_directory = \(folder)/mail
        virtual_mailbox_domains = virtual.example
        virtual_mailbox_base = \(folder)/virtual
        virtual_mailbox_maps = inline:{{dir@virtual.example=dir/}, {file@virtual.example=file}}
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        transport_maps = inline:{{raw.example=raw}, {flags.example=flags}}
        deliver_lock_attempts = 1
        biff = no
        notify_classes =

        """ + main,
      master: """
        raw unix - n n - - pipe user=nobody argv=/usr/bin/tee \(folder)/raw
        flags unix - n n - - pipe flags=BDORF.> user=nobody argv=/usr/bin/tee \(folder)/flags

        """,
      files: ["aliases": aliases.map { "\($0.name): \($0.target)\n" }.joined()],
      recorders: ["smtp", "relay", "lmtp", "error", "retry", "discard"])
    try instance.postalias(["hash:aliases"])
    try instance.start()
  }

  func send(_ message: String, from sender: String, to recipients: [String]) throws {
    let session = try SMTPSession(port: instance.port)
    _ = try session.say("EHLO client.example")
    #expect(try session.say("MAIL FROM:<\(sender)>").code == 250)
    for recipient in recipients { #expect(try session.say("RCPT TO:<\(recipient)>").code == 250) }
    _ = try session.say("DATA")
    let lines = message.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix(".") ? "." + line : line
    }
    #expect(try session.say(lines.joined(separator: "\r\n") + ".").code == 250)
    session.close()
    try instance.waitUntilIdle()
  }

  /// The enhanced code that the log has for a recipient's name.
  func code(of name: String) -> String? {
    // Agents that run side by side are sometimes not let to the bounce service here; such a
    // line says nothing of the delivery.
    let line = instance.log.split(separator: "\n").last {
      $0.contains(" to=<\(name)@test.example>") && !$0.contains("(bounce or trace service failure)")
    }
    return line.flatMap { line in
      line.firstRange(of: " dsn=").map { String(line[$0.upperBound...].prefix { $0 != "," }) }
    }
  }

  /// Sends one text to all of them, again to those of which nothing is known yet.
  func sendUntilKnown(_ message: String, to names: [String]) throws {
    for _ in 0..<6 {
      let unknown = names.filter { code(of: $0) == nil }
      if unknown.isEmpty { return }
      try send(message, from: "", to: unknown.map { "\($0)@test.example" })
    }
  }

  func read(_ name: String) -> Bytes {
    FileManager.default.contents(atPath: output.path + "/" + name).map { Bytes($0) } ?? []
  }
}

@Suite(
  "Same deliveries as Postfix", .serialized, .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: isRoot, "needs root: Postfix's master runs as root only"))
struct PostfixDeliveryTests {
  static let messages: [(sender: String, text: String)] = [
    ("alice@test.example", "From: a@b.example\nSubject: s\n\nhello\nFrom here\n>From there\n.dot\n..\nFromage\nlast\n"),
    ("", "Subject: folded\n more\n\tand more\nReturn-Path: <old@b.example>\n\n\n\nempty lines around\n\n"),
    ("\"a b\"@test.example", "no header at all\nFrom x\n"),
    ("x+y@test.example", "From: a@b.example\nReceived: from nowhere\n\tby nobody\n\n"),
    ("alice@test.example", "From: =?utf-8?q?=C3=A4?= <a@b.example>\n\nä ö\nFrom \n"),
  ]

  @Test("the bytes in mailboxes, files, maildirs and programs are the same")
  func sameBytes() throws {
    let output = try TemporaryFolder()
    chmod(output.path, 0o777)
    let folder = output.path
    let real = try AgentHost(aliases: [
      ("file", "\(folder)/file"), ("dir", "\(folder)/dir/"),
      ("prog", "\"|env > \(folder)/env; cat > \(folder)/prog\""),
    ])
    defer { real.instance.stop() }
    let ours = try TemporaryFolder()
    for (sender, text) in Self.messages {
      try real.send(
        text, from: sender,
        to: [
          "raw@raw.example", "flags@flags.example", "games@test.example", "file@test.example", "dir@test.example",
          "prog+ext@test.example", "dir@virtual.example", "file@virtual.example",
        ])
      let raw = real.read("raw")
      #expect(!raw.isEmpty)
      let sender = bytes(sender)
      func stamped(_ recipient: String, from sender: Bytes) -> Bytes {
        var block = HeaderBlock(raw)
        block.stampDelivery(sender: sender, original: bytes(recipient), delivered: bytes(recipient))
        return block.message
      }
      // Mailbox files: appended by our own writer to a file of ours.
      for (file, recipient) in [
        (real.output.path + "/mail/games", "games@test.example"), (folder + "/file", "file@test.example"),
        (real.output.path + "/virtual/file", "file@virtual.example"),
      ] {
        let theirs = FileManager.default.contents(atPath: file).map { Bytes($0) } ?? []
        let own = ours.path + "/" + recipient
        let had = FileManager.default.contents(atPath: own)?.count ?? 0
        let line = try fromLine(theirs.dropFirst(had), sender)
        try FileDelivery(own).append(MessageForm.mailbox(fromLine: line).render(stamped(recipient, from: sender)))
        expectSame(FileManager.default.contents(atPath: own).map { Bytes($0) } ?? [], theirs, recipient)
      }
      // Maildirs: one new file each.
      for (path, recipient) in [
        (folder + "/dir", "dir@test.example"), (real.output.path + "/virtual/dir", "dir@virtual.example"),
      ] {
        let names = namesInFolder(path + "/new")
        #expect(names.count == 1)
        let file = path + "/new/" + (names.first ?? "")
        let theirs = FileManager.default.contents(atPath: file).map { Bytes($0) } ?? []
        expectSame(stamped(recipient, from: sender), theirs, recipient)
        unlink(file)
      }
      let prog = FileManager.default.contents(atPath: folder + "/prog").map { Bytes($0) } ?? []
      var form = MessageForm()
      form.fromLine = try fromLine(prog[...], sender)
      expectSame(form.render(stamped("prog+ext@test.example", from: sender)), prog, "prog")
      let flags = real.read("flags")
      form = .mailbox(fromLine: try fromLine(flags[...], sender))
      form.quotesDots = true
      // pipe(8) has a name for the null sender (null_sender=), in this field as well.
      let named = sender.isEmpty ? FromLine.nullSender : sender
      expectSame(form.render(stamped("flags@flags.example", from: named)), flags, "flags")
      expectSameEnvironment(folder + "/env", sender)
    }
    #expect(status(folder + "/file").st_mode & 0o7777 == status(ours.path + "/file@test.example").st_mode & 0o7777)
  }

  /// Their line, which ours must be but for the second of the clock.
  private func fromLine(_ text: ArraySlice<UInt8>, _ sender: Bytes) throws -> Bytes {
    let line = Bytes(text.prefix { $0 != .newline })
    let now = time(nil)
    let candidates = (now - 60...now).map { FromLine.postfix(sender: sender, at: $0) }
    #expect(candidates.contains(line), "\(line.text)")
    return line
  }

  private func expectSame(_ ours: Bytes, _ theirs: Bytes, _ what: String) {
    #expect(ours == theirs, "\(what)\n--- ours\n\(ours.text)\n--- theirs\n\(theirs.text)")
  }

  private func expectSameEnvironment(_ path: String, _ sender: Bytes) {
    let theirs = (FileManager.default.contents(atPath: path).map { Bytes($0) } ?? []).text
    var local = ProgramEnvironment.Local()
    // Without quotes, as addresses are inside.
    local.sender = AddressForm.unquoted(sender)
    local.recipient = bytes("prog+ext@test.example")
    local.originalRecipient = local.recipient
    local.user = bytes("prog")
    local.extension = bytes("ext")
    local.fullLocalPart = bytes("prog+ext")
    local.domain = bytes("test.example")
    local.clientAddress = bytes("127.0.0.1")
    local.clientName = bytes("localhost")
    local.clientHelo = bytes("client.example")
    local.clientProtocol = bytes("ESMTP")
    let ours = ProgramEnvironment.postfixLocal(local).map(\.text)
    // What this instance exports, and what the shell itself adds.
    let added = ["MAIL_CONFIG=", "PWD=", "TZ=", "_=", "SHLVL=", "OLDPWD="]
    let known = theirs.split(separator: "\n").map(String.init).filter { line in
      !added.contains { line.hasPrefix($0) }
    }
    #expect(Set(ours) == Set(known))
  }

  @Test("what a program's end means is the same")
  func sameStatuses() throws {
    let codes = [0, 1, 2] + Array(63...79) + [99, 126, 127, 128]
    var commands = codes.map { ("x\($0)", "exit \($0)") }
    commands += [
      ("k9", "kill -9 $$"), ("k15", "kill -15 $$"), ("d1", "echo '4.7.9 wait'; exit 1"),
      ("d2", "echo '5.2.9 no'; exit 75"),
      ("d3", "echo '2.0.0 fine'; exit 1"), ("d4", "echo '4.7.1000 no'; exit 1"), ("d5", "echo '5.1.1'; exit 75"),
      ("d6", "echo ' 4.1.1 x'; exit 1"), ("d7", "echo '4.1.1:x'; exit 1"), ("n1", "/no/such/program"),
      ("n2", "/etc/passwd"), ("n3", "nosuchprogram"), ("t1", "sleep 30"),
      ("d8", "echo '2.1.5 x'; exit 75"), ("d9", "echo; echo 4.1.1 x; exit 1"), ("d10", "echo 3.1.1; exit 1"),
    ]
    let host = try AgentHost(
      aliases: commands.map { ($0.0, "\"|\($0.1)\"") }, main: "command_time_limit = 2s\n")
    defer { host.instance.stop() }
    try host.sendUntilKnown("Subject: s\n\nx\n", to: commands.map(\.0))
    for (name, command) in commands {
      var delivery = ProgramDelivery.postfixCommand(bytes(command), environment: ProgramEnvironment.postfixPipe())
      delivery.seconds = 2
      let ours = failure { try delivery.deliver(bytes("x\n")) }?.enhancedCode ?? "2.0.0"
      #expect(ours == host.code(of: name), "\(command)")
    }
  }

  /// Accounts that every Debian has, and what is in the place of their mailboxes.
  static let places: [(user: String, kind: String)] = [
    ("daemon", "nothing"), ("bin", "a file"), ("sys", "symlink"), ("games", "dangling"), ("man", "hard link"),
    ("lp", "folder"), ("mail", "pipe"), ("news", "foreign"), ("uucp", "lock file"), ("proxy", "writable"),
  ]

  @Test("what may be a mailbox is the same")
  func samePlaces() throws {
    let host = try AgentHost(aliases: [("a", "b")])
    defer { host.instance.stop() }
    let ours = try TemporaryFolder()
    chmod(ours.path, 0o1777)
    for place in Self.places {
      try lay(place, in: host.output.path + "/mail")
      try lay(place, in: ours.path)
    }
    try host.sendUntilKnown("Subject: s\n\nx\n", to: Self.places.map(\.user))
    for (user, kind) in Self.places {
      let entry = try #require(getpwnam(user)).pointee
      var mailbox = Mailbox(ours.path + "/" + user)
      mailbox.owner = Account(user: entry.pw_uid, group: entry.pw_gid)
      mailbox.rights = mailbox.owner
      mailbox.locks.waitSeconds = 0.1
      let own = failure { try mailbox.append(bytes("x\n\n")) }?.enhancedCode ?? "2.0.0"
      #expect(own == host.code(of: user), "\(kind)")
    }
  }

  private func lay(_ place: (user: String, kind: String), in folder: String) throws {
    let path = folder + "/" + place.user
    let entry = try #require(getpwnam(place.user)).pointee
    let other = folder + "/other." + place.user
    func file(_ path: String, _ owner: uid_t) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      chown(path, owner, 0)
    }
    switch place.kind {
    case "a file": file(path, entry.pw_uid)
    case "symlink":
      file(other, entry.pw_uid)
      symlink(other, path)
    case "dangling": symlink(other, path)
    case "hard link":
      file(path, entry.pw_uid)
      link(path, other)
    case "folder": mkdir(path, 0o755)
    case "pipe":
      mkfifo(path, 0o600)
      chown(path, entry.pw_uid, 0)
    case "foreign": file(path, 0)
    case "lock file":
      file(path, entry.pw_uid)
      file(path + ".lock", entry.pw_uid)
    case "writable":
      file(path, entry.pw_uid)
      chmod(path, 0o666)
    default: break
    }
  }

  @Test("loops are found by the same signs")
  func sameLoops() throws {
    let host = try AgentHost(aliases: [("prog", "\"|exit 0\"")])
    defer { host.instance.stop() }
    for (user, named) in [("prog", "PROG"), ("prog+x", "prog+x"), ("prog+y", "x")] {
      let text = "Delivered-To: \(named)@test.example\n\n"
      try host.sendUntilKnown(text, to: [user])
      let ours = failure {
        try HeaderBlock(bytes(text)).checkLoops(recipient: bytes("\(user)@test.example"), mostHops: 50)
      }
      #expect(ours?.enhancedCode ?? "2.0.0" == host.code(of: user), "\(user)")
    }
  }
}

private func bytes(_ text: String) -> Bytes { Array(text.utf8) }

private func status(_ path: String) -> stat {
  var result = stat()
  lstat(path, &result)
  return result
}

private func failure(_ body: () throws -> Void) -> DeliveryFailure? {
  do {
    try body()
    return nil
  } catch { return error as? DeliveryFailure }
}
