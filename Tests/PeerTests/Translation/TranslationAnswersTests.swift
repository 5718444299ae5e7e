// TranslationAnswersTests.swift: a translated site answers as the site did.
//
// Each envelope is put to the real sendmail, in test mode, and to a real Postfix
// that runs the translation. What the two do must be the same: refused with the
// same code, dropped, held, or sent on to the same host. Where the report says that
// they differ, the case names the difference.

import Foundation
import TestSupport
import Testing
import Translation

/// A site and what is put to both.
struct TranslationCase: Sendable, CustomTestStringConvertible {
  var site: String
  /// Lines that the site is tried without: the beginning of them, by file.
  var without: [String: String] = [:]
  var envelopes: [TranslationEnvelope]
  /// Recipients (or descriptions) for which the report declares another answer.
  var declared: [String: String] = [:]

  var testDescription: String { without.isEmpty ? site : "\(site) without some lines" }
}

@Suite(
  "The same answers after translation", .serialized, .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"), .enabled(if: isRoot, "\(rootHint)"))
struct TranslationAnswersTests {
  @Test(arguments: TranslationCase.all)
  func sameAnswers(_ example: TranslationCase) throws {
    let site = try TranslatedSite(example.site, without: example.without)
    let before = try SendmailTestMode(site: site).answers(example.envelopes)
    let instance = try TranslatedPostfix.start(site.result.side)
    defer { instance.stop() }
    let after = try answers(instance, example.envelopes)
    for ((envelope, one), other) in zip(zip(example.envelopes, before), after) {
      if let reason = example.declared["\(envelope)"] ?? example.declared[envelope.recipient] {
        #expect(one != other, "\(envelope): declared to differ (\(reason)) and does not: \(one)")
      } else {
        #expect(one == other, "\(envelope): sendmail \(one), Postfix \(other)")
      }
    }
    let kinds = Set(before.map { "\($0)".split(separator: " ").first ?? "" })
    #expect(kinds.count > 1, "all envelopes end alike, which proves little")
  }

  // MARK: Postfix

  private func answers(
    _ instance: PostfixInstance, _ envelopes: [TranslationEnvelope]
  ) throws -> [TranslationAnswer] {
    var replies: [TranslationAnswer?] = []
    for (index, envelope) in envelopes.enumerated() {
      replies.append(try ask(instance, envelope, tag: "\(index)"))
    }
    try instance.waitUntilIdle()
    let notes = Dictionary(grouping: try instance.notes(), by: \.tag)
    return replies.enumerated().map { index, reply in
      reply ?? Self.answer(notes["\(index)"] ?? [])
    }
  }

  private static func answer(_ notes: [PostfixInstance.Note]) -> TranslationAnswer {
    guard let note = notes.first else { return .discarded }
    switch note.transport {
    case "local": return .local(user: String(note.recipient.prefix { $0 != "@" }))
    case "discard": return .discarded
    case "error", "retry": return .bounced
    default: return .remote(host: note.nexthop.components(separatedBy: ", ")[0])
    }
  }

  /// The refusal, or nil where the message was taken.
  private func ask(
    _ instance: PostfixInstance, _ envelope: TranslationEnvelope, tag: String
  ) throws -> TranslationAnswer? {
    let session = try SMTPSession(port: instance.port)
    defer { session.close() }
    let lines = [
      "XCLIENT ADDR=\(envelope.address) NAME=\(envelope.name) REVERSE_NAME=\(envelope.name)",
      "EHLO client.example", "MAIL FROM:<\(envelope.sender)>", "RCPT TO:<\(envelope.recipient)>", "DATA",
    ]
    for line in lines {
      let reply = try session.say(line)
      if !reply.isPositive { return .refused(reply.code) }
    }
    let end = try session.say("X-Test: \(tag)\r\nSubject: test\r\n\r\ntext\r\n.")
    if !end.isPositive { return .refused(end.code) }
    if let id = end.text.split(separator: " ").last, instance.isHeld(String(id)) { return .held }
    return nil
  }
}
