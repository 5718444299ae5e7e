// MailboxPlaceTests.swift: where a main.cf has its mailboxes, and what they hold.

import Foundation
import TestSupport
import Testing

/// A host under a main.cf of the test's own.
private func served(_ main: String, _ words: [String] = []) throws -> ServedHost {
  let folder = try TemporaryFolder()
  let text = "compatibility_level = 3.6\n" + MailboxPlaceTests.common + main
  try folder.write("main.cf", text.replacingOccurrences(of: "@FOLDER@", with: folder.path))
  try folder.write("master.cf", MailboxPlaceTests.master)
  return try ServedHost(in: folder, "main.cf", relay: 9, words)
}

/// The files of a maildir's new.
private func newMail(_ path: String) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: path + "/new")) ?? []).map { path + "/new/" + $0 }
}

private func text(_ path: String) -> String {
  String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
}

extension ServedHost {
  /// Whether a recipient's attempt ended so.
  fileprivate func logs(_ recipient: String, _ ending: String) -> Bool {
    log.split(separator: "\n").contains { $0.contains("to=<\(recipient)>") && $0.contains(ending) }
  }
}

@Suite("Places of mailboxes under a main.cf", .serialized)
struct MailboxPlaceTests {
  static let common = """
    myhostname = mail.test.example
    mydestination = $myhostname, test.example
    mynetworks = 127.0.0.0/8
    local_recipient_maps =
    alias_maps =
    recipient_delimiter = +
    virtual_mailbox_domains = virtual.example
    virtual_mailbox_base = @FOLDER@/boxes
    virtual_mailbox_maps = inline:{{dir@virtual.example=a/dir/},{file@virtual.example=file},{up@virtual.example=../up},{lost@virtual.example=lost},{low@virtual.example=low}}
    virtual_uid_maps = inline:{{dir@virtual.example=65534},{file@virtual.example=65534},{up@virtual.example=65534},{low@virtual.example=5}}
    virtual_gid_maps = static:65534

    """

  static let master = """
    smtp inet n - n - - smtpd
    local unix - n n - - local
    virtual unix - n n - - virtual
    smtp unix - - n - - smtp
    error unix - - n - - error
    retry unix - - n - - error

    """

  private static let message = "From: a@b.example\nSubject: s\n\nhello\nFrom here\n"

  private func send(_ host: ServedHost, to recipient: String, _ text: String = Self.message) throws {
    let codes = try HeaderMessages.send(text, from: "alice@x.example", to: recipient, port: host.port)
    #expect(codes == [250, 250, 250, 354, 250])
  }

  @Test("homes, spools and virtual mailboxes, below the state folder")
  func sandbox() throws {
    let homes = try served("home_mailbox = Maildir/\n")
    let state = homes.folder.path + "/state"
    try send(homes, to: "daemon+ext@test.example")
    try homes.wait(for: "the home") { newMail(state + "/home/daemon/Maildir").count == 1 }
    let copy = text(newMail(state + "/home/daemon/Maildir")[0])
    #expect(copy.hasPrefix("Return-Path: <alice@x.example>\nX-Original-To: daemon+ext@test.example\n"), "\(copy)")
    #expect(copy.hasSuffix("\n\nhello\nFrom here\n"), "\(copy)")
    try send(homes, to: "dir+x@virtual.example")
    try homes.wait(for: "the virtual maildir") { newMail(state + "/virtual/a/dir").count == 1 }
    try send(homes, to: "file@virtual.example")
    try homes.wait(for: "the virtual mailbox") { text(state + "/virtual/file").hasSuffix("\n>From here\n\n") }
    for name in ["up", "lost", "low"] {
      try send(homes, to: "\(name)@virtual.example")
      try homes.wait(for: name) {
        homes.logs("\(name)@virtual.example", "dsn=4.3.5, status=deferred (mail system configuration error)")
      }
    }
    let spool = try served("mail_spool_directory = /var/mail/\n")
    try send(spool, to: "daemon@test.example")
    try spool.wait(for: "the spool") { newMail(spool.folder.path + "/state/mail/daemon").count == 1 }
  }

  @Test("with --host-mailboxes they are where the configuration has them")
  func onHost() throws {
    let host = try served("mail_spool_directory = @FOLDER@/spool\n", ["--host-mailboxes"])
    for name in ["/spool", "/boxes"] {
      mkdir(host.folder.path + name, 0o777)
      chmod(host.folder.path + name, 0o777)
    }
    try send(host, to: "daemon@test.example")
    try host.wait(for: "the spool") { text(host.folder.path + "/spool/daemon").hasSuffix("\n>From here\n\n") }
    try send(host, to: "dir@virtual.example")
    try host.wait(for: "the virtual maildir") { newMail(host.folder.path + "/boxes/a/dir").count == 1 }
  }

  @Test("mailbox_command is run where programs are, and gets no mailbox's form")
  func command() throws {
    let main = "mailbox_command = { cat; echo $USER $EXTENSION $HOME; echo end; } > @FOLDER@/got\n"
    let host = try served(main.replacingOccurrences(of: "$", with: "$$"), ["--programs"])
    try send(host, to: "daemon+ext@test.example")
    try host.wait(for: "the command") { text(host.folder.path + "/got").hasSuffix("end\n") }
    let got = text(host.folder.path + "/got")
    #expect(got.hasPrefix("From alice@x.example  ") && got.contains("\nFrom here\ndaemon ext /"), "\(got)")
    let closed = try served("mailbox_command = exit 1\n")
    try send(closed, to: "daemon@test.example")
    try closed.wait(for: "the mailbox") { closed.messages(of: "daemon") == 1 }
  }

  @Test("a full mailbox and mail that was here before come back")
  func refusals() throws {
    let host = try served("mailbox_size_limit = 1500\nmessage_size_limit = 900\n")
    for number in 1...3 {
      try send(host, to: "daemon@test.example", "Subject: \(number)\n\n" + String(repeating: "x", count: 200) + "\n")
    }
    try host.wait(for: "the limit") { host.logs("daemon@test.example", "dsn=5.2.2, status=bounced") }
    #expect(host.messages(of: "daemon") == 2)
    try send(host, to: "games@test.example", "Delivered-To: Games@test.example\n\nx\n")
    try host.wait(for: "the circle") {
      host.log.contains("dsn=5.4.6, status=bounced (mail forwarding loop for games@test.example)")
    }
    #expect(host.messages(of: "games") == 0)
  }
}

@Suite(
  "Same maildirs as Postfix", .serialized, .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: isRoot, "needs root: Postfix's master runs as root only"))
struct MaildirPeerTests {
  @Test("a maildir's file has the same form of name, bytes and rights")
  func sameFiles() throws {
    let boxes = try TemporaryFolder()
    chmod(boxes.path, 0o777)
    let real = try PostfixInstance(
      main: MailboxPlaceTests.common.replacingOccurrences(of: "@FOLDER@/boxes", with: boxes.path),
      recorders: ["smtp", "relay", "lmtp"])
    try real.start()
    defer { real.stop() }
    let host = try served("")
    var files: [String] = []
    for (port, folder) in [(real.port, boxes.path), (host.port, host.folder.path + "/state/virtual")] {
      let codes = try HeaderMessages.send(
        "From: a@b.example\n\nFrom here\nx\n", from: "a@x.example", to: "dir@virtual.example", port: port)
      #expect(codes == [250, 250, 250, 354, 250])
      try host.wait(for: folder) { newMail(folder + "/a/dir").count == 1 }
      files.append(newMail(folder + "/a/dir")[0])
    }
    #expect(HeaderMessages.masked(Array(text(files[1]).utf8)) == HeaderMessages.masked(Array(text(files[0]).utf8)))
    for file in files {
      let name = file.split(separator: "/").last.map(String.init) ?? ""
      #expect(name.wholeMatch(of: /[0-9]{10}\.V[0-9a-f]+I[0-9a-f]+M[0-9]+\.[a-z.]+/) != nil, "\(name)")
      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }
}
