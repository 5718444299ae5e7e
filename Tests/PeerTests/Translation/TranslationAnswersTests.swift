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
  /// Differences that the report declares.
  var declared: [DeclaredDifference] = []
  /// Recipients' domains that exist, which sendmail may have to know.
  var resolving: Set<String> = []

  var testDescription: String { without.isEmpty ? site : "\(site) without some lines" }
}

/// A difference, and words of the reason in the report that tells of it.
struct DeclaredDifference: Sendable {
  var reason: String
  var matches: @Sendable (TranslationEnvelope, _ before: TranslationAnswer, _ after: TranslationAnswer) -> Bool
}

@Suite(
  "The same answers after translation", .serialized,
  .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"), .enabled(if: isRoot, "\(rootHint)")
)
struct TranslationAnswersTests {
  @Test(arguments: TranslationCase.all)
  func sameAnswers(_ example: TranslationCase) throws {
    let site = try TranslatedSite(example.site, without: example.without)
    let before = try SendmailTestMode(site: site).answers(
      example.envelopes, resolving: example.resolving)
    let instance = try TranslatedPostfix.start(site.result.side)
    defer { instance.stop() }
    let after = try answers(instance, example.envelopes)
    var used: Set<String> = []
    for ((envelope, one), other) in zip(zip(example.envelopes, before), after) where one != other {
      if let known = example.declared.first(where: { $0.matches(envelope, one, other) }) {
        used.insert(known.reason)
      } else {
        Issue.record("\(envelope): sendmail \(one), Postfix \(other)")
      }
    }
    for known in example.declared {
      #expect(used.contains(known.reason), "declared to differ, and does not: \(known.reason)")
      #expect(
        site.result.report.rows.contains {
          $0.verdict != .exact && $0.reason.contains(known.reason)
        },
        "the report says nothing of this: \(known.reason)")
    }
    let kinds = Set(before.map { "\($0)".split(separator: " ").first ?? "" })
    #expect(kinds.count > 1, "all envelopes end alike, which proves little")
  }

  // MARK: Postfix

  private func answers(
    _ instance: PostfixInstance, _ envelopes: [TranslationEnvelope]
  ) throws -> [TranslationAnswer] {
    var replies: [TranslationAnswer?] = []
    var ids: [String] = []
    // XCLIENT begins a session anew; a connection of its own for each would take its time.
    var session = try SMTPSession(port: instance.port)
    for (index, envelope) in envelopes.enumerated() {
      if index % 40 == 39 {
        session.close()
        session = try SMTPSession(port: instance.port)
      }
      let (answer, id) = try ask(session, instance, envelope, tag: "\(index)")
      replies.append(answer)
      ids.append(id)
    }
    // An open session keeps the file of its last message in the queue.
    session.close()
    try instance.waitUntilIdle()
    let notes = Dictionary(grouping: try instance.notes(), by: \.tag)
    let bounced = Self.bounced(instance.log)
    return replies.enumerated().map { index, reply in
      reply ?? (bounced.contains(ids[index]) ? .bounced : Self.answer(notes["\(index)"] ?? []))
    }
  }

  /// The queue ids of messages that local(8) sent back.
  private static func bounced(_ log: String) -> Set<String> {
    Set(
      log.split(separator: "\n").filter { $0.contains("status=bounced") }.compactMap { line in
        line.components(separatedBy: "]: ").dropFirst().first?.components(separatedBy: ": ").first
      })
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

  /// The refusal, or nil where the message was taken, with its queue id.
  private func ask(
    _ session: SMTPSession, _ instance: PostfixInstance, _ envelope: TranslationEnvelope,
    tag: String
  ) throws -> (TranslationAnswer?, id: String) {
    let lines = [
      "RSET",
      "XCLIENT ADDR=\(envelope.address) NAME=\(envelope.name) REVERSE_NAME=\(envelope.name)",
      "EHLO client.example", "MAIL FROM:<\(envelope.sender)>", "RCPT TO:<\(envelope.recipient)>",
      "DATA",
    ]
    for line in lines {
      let reply = try session.say(line)
      if !reply.isPositive { return (.refused(reply.code), "") }
    }
    let end = try session.say("X-Test: \(tag)\r\nSubject: test\r\n\r\ntext\r\n.")
    if !end.isPositive { return (.refused(end.code), "") }
    let id = end.text.split(separator: " ").last.map(String.init) ?? ""
    return (instance.isHeld(id) ? .held : nil, id)
  }
}
