// HostNamesTests.swift: which names of its own a host is known under.
//
// The real sendmail is started with hosts files of our own, in namespaces of its own,
// and asked where names of that file lead to. Which of them are its own, the engine and
// the translation have to know from the same file.

import Foundation
import SendmailCF
import TestSupport
import Testing
import Translation

@Suite(
  "Names of the host", .serialized, .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"))
struct HostNamesTests {
  @Test(
    arguments: [
      "127.0.1.1 mail.example.org mail", "127.0.1.1 mail.example.org", "127.0.1.1 mail mail.example.org",
      "127.0.1.1\tmail.example.org\tmail extra.example.com # and no more",
    ])
  func ownNames(_ line: String) throws {
    let site = try TranslatedSite("plain")
    try site.prepareSendmail(resolving: [])
    let hosts = "127.0.0.1 localhost\n\(line)\n"
    let names = ["mail.example.org", "mail", "extra.example.com"]
    let path = try site.folder.write("hosts", hosts)
    let run = try run(
      "/usr/bin/unshare",
      [
        "-m", "-u", "/bin/sh", "-c",
        "mount --bind \"$1\" /etc/hosts && hostname \"$0\" && shift && exec \"$@\"", site.host, path,
        Peer.sendmail.path, "-C", site.folder.path + "/sendmail.cf", "-bt",
      ], input: Array(names.map { "3,0 u@\($0)\n" }.joined().utf8), environment: Peer.environment)
    let results = run.text.split(separator: "\n").filter { $0.hasPrefix("parse ") && $0.contains(" returns: ") }
    try #require(results.count == names.count, "\(run)")
    let theirs = zip(names, results).filter { $1.contains("$# local") }.map(\.0)
    try #require(theirs.contains("mail.example.org"), "\(run)")

    let words = HostNames.words(of: Array(site.host.utf8), hosts: Array(hosts.utf8))
    #expect(Set(words.map { String(decoding: $0, as: UTF8.self) }) == Set(theirs))
    let side = Translator(
      configuration: site.configuration, tables: TableSource(folder: site.folder.path), hostName: site.host
    ).translate().side
    let destinations = side.setting("mydestination")?.words.map(\.text) ?? []
    #expect(names.filter(destinations.contains) == theirs.filter { $0 != site.host })
  }

  @Test("a file of another machine says nothing; the usual line is taken")
  func unnamed() {
    for hosts in [nil, "127.0.0.1 localhost other\n"] {
      let words = HostNames.words(of: Array("mail.example.org".utf8), hosts: hosts.map { Array($0.utf8) })
      #expect(words.map { String(decoding: $0, as: UTF8.self) } == ["mail.example.org", "mail"])
    }
  }
}
