// PostfixComparisonTests.swift: our engine beside the real Postfix.
//
// Each configuration runs in a private instance whose transports take notes; a
// few hundred envelopes go through it by SMTP, and every reply and every
// transport, nexthop, sender and recipient must be what our engine says.

import Foundation
import MailAddress
import PostfixConfig
import Routing
import TestSupport
import Testing

/// A configuration and the envelopes to try on it.
struct PostfixCase: Sendable, CustomTestStringConvertible {
  var name: String
  var main: String
  var files: [String: String] = [:]
  /// Permissions of files, where they are not 644.
  var modes: [String: mode_t] = [:]
  /// `hash:name` for each that postmap is to build.
  var databases: [String] = []
  var aliasDatabases: [String] = []
  /// Transports besides the usual ones.
  var transports: [String] = []
  /// Services that are the real programs, not recorders.
  var real: [String] = []
  /// The smtp client is real, too, and talks to a server that takes notes.
  var hasSink = false
  var comparesHeaders = false
  /// A zone file: the whole DNS of both.
  var zone: String?
  var envelopes: [Envelope]

  var testDescription: String { name }
}

@Suite(
  "Same answers as Postfix", .serialized, .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: isRoot, "needs root: Postfix's master runs as root only"))
struct PostfixComparisonTests {
  @Test(arguments: PostfixCase.all)
  func sameAnswers(_ example: PostfixCase) throws {
    #expect(example.envelopes.count >= 200, "too few envelopes to say much")
    let recorders = (PostfixInstance.agents + example.transports).filter { !example.real.contains($0) }
    let sink = example.hasSink ? try SMTPSink() : nil
    let names = try example.zone.map(TestNameServer.forPeers)
    defer { names?.stop() }
    let instance = try PostfixInstance(
      main: PostfixCase.common + example.main, files: example.files, recorders: recorders, names: names,
      values: ["SINK": "\(sink?.port ?? 0)"])
    instance.sink = sink
    for (name, mode) in example.modes { chmod(instance.configuration + "/" + name, mode) }
    try instance.postmap(example.databases)
    try instance.postalias(example.aliasDatabases)
    try instance.start()
    defer { instance.stop() }
    let witness = try PostfixWitness(
      instance, services: PostfixCase.services(example.transports), comparesFinalCopies: !example.real.isEmpty,
      comparesHeaders: example.comparesHeaders, zone: example.zone)
    let differences = try witness.differences(example.envelopes)
    for difference in differences.prefix(25) { Issue.record("\(difference)") }
    #expect(differences.count == 0, "of \(example.envelopes.count) envelopes")
  }
}

extension PostfixCase {
  static let common = """
    myhostname = mail.test.example
    mynetworks = 127.0.0.0/8
    mydestination = $myhostname, localhost.$mydomain, localhost, test.example
    alias_maps =

    """

  /// Our engine's master.cf: the stock one and what the case adds.
  static func services(_ transports: [String]) -> MasterConfiguration {
    var master = MasterConfiguration.stock
    for name in transports {
      master.services.append(
        MasterConfiguration.Service(name, "unix", columns: ["-", "-", "n", "-", "-"], command: "pipe"))
    }
    return master
  }

  static let all: [PostfixCase] = [
    plain, tables, switches, restrictions, immediate, headers, generic, aliases,
    unknownUsers, names,
  ]
}
