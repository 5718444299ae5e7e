// What holds and what does not, for answers that are given here.

import Diagnostics
import MailAddress
import RouteChecks
import Routing
import Testing

/// Answers as somebody wrote them, by recipient.
struct WrittenAnswers: RouteAsker {
  var answers: [String: EnvelopeAnswer]

  func answer(_ envelope: Envelope) -> EnvelopeAnswer {
    answers[envelope.recipients.first?.text ?? ""] ?? EnvelopeAnswer(session: .reject(Reply(550, "5.1.1", "nobody")))
  }

  func traced(_ envelope: Envelope) -> EnvelopeAnswer {
    var answer = answer(envelope)
    answer.trace = [
      TraceStep("canonify", at: SourcePosition(file: "sendmail.cf", line: 7)),
      TraceStep("a detail", at: SourcePosition(file: "sendmail.cf", line: 8), depth: 1, isDetail: true),
    ]
    return answer
  }
}

extension EnvelopeAnswer {
  static func taken(_ deliveries: Delivery..., message: Decision = .accept) -> EnvelopeAnswer {
    EnvelopeAnswer(
      message: message, recipients: [RecipientAnswer(given: [], decision: .accept, deliveries: deliveries)])
  }

  static func told(_ decision: Decision) -> EnvelopeAnswer {
    EnvelopeAnswer(recipients: [RecipientAnswer(given: [], decision: decision)])
  }
}

extension Delivery {
  init(_ triple: String, _ destination: Destination, from sender: String = "s@x.example", to recipient: String = "") {
    let parts = triple.split(separator: " ", omittingEmptySubsequences: false).map { Bytes($0.utf8) } + [[], []]
    self.init(
      resolution: Resolution(transport: parts[0], host: parts[1], user: parts[2]), destination: destination,
      sender: Bytes(sender.utf8), recipient: Bytes(recipient.utf8),
      headers: HeaderForms(sender: Bytes(sender.utf8), recipient: Bytes(recipient.utf8)))
  }
}

@Suite("Judging an answer")
struct JudgementTests {
  static let answers = WrittenAnswers(answers: [
    "boss": .taken(.init("local  boss", .mailbox(user: Bytes(ascii: "boss")), to: "boss")),
    "far": .taken(
      .init("esmtp [Hub.example.edu]. far@lab.example", .remote(host: Bytes(ascii: "[Hub]")), to: "Far@LAB.example")),
    "list": .taken(
      .init("local  boss", .mailbox(user: Bytes(ascii: "Boss")), to: "boss"),
      .init("prog  x", .program(command: Bytes(ascii: "/bin/list a")), to: "x"),
      .init("*file*  /f", .file(path: Bytes(ascii: "/f")), to: "/f"),
      .init("esmtp h x@y", .remote(host: Bytes(ascii: "h")), to: "x@y.example")),
    "gone": .taken(.init("error  x", .bounce(Reply(550, "5.1.1", "User unknown")))),
    "thrown": .taken(.init("discard  x", .nowhere)), "held": .taken(message: .hold(reason: Bytes(ascii: "look at it"))),
    "refused": .told(.reject(Reply(554, "5.7.1", "Relay access denied"))),
    "later": .told(.temporaryFailure(Reply(451, "4.3.0", "try again"))),
    "grey": .told(.reject(Reply(450, "4.2.0", "greylisted"))), "dropped": .told(.discard(reason: [])),
  ])

  /// The mismatches of a test as `key: actual, not expected`, or nothing where it holds.
  private func judge(_ recipient: String, _ expectation: String, _ program: MailProgram = .sendmail) throws -> [String]
  {
    let suite = try #require(read("tests: [{to: \(recipient), expect: \(expectation)}]").suite)
    let group = CheckGroup(suite, suite.cases, under: "x.cf", of: program, asking: Self.answers)
    return group.results.flatMap(\.mismatches).map { "\($0.key): \($0.actual), not \($0.expected)" }
  }

  @Test(
    "expectations that hold",
    arguments: [
      ("boss", "accept"), ("boss", "{mailbox: BOSS}"), ("boss", "{mailer: local, host: '', user: boss}"),
      ("boss", "{transport: Local, nexthop: ''}"), ("boss", "{forwards-to: [boss]}"),
      ("far", "{host: '[hub.EXAMPLE.edu]', user: far@LAB.example., recipient: Far@lab.example}"),
      ("far", "{sender: <s@X.example>, header-from: s@x.example, header-to: Far@lab.example}"),
      ("far", "{forwards-to: Far@lab.example, result: accept}"),
      ("list", "{forwards-to: [boss, '|/bin/list a', /f, x@y.example]}"),
      ("list", "{deliveries: [{file: /f}, {mailer: local}, {program: /bin/list a}, {host: h}]}"),
      // A loose one first must not take what only it leaves for a strict one.
      ("list", "{deliveries: [{sender: s@x.example}, {mailbox: boss}, {program: /bin/list a}, {file: /f}]}"),
      ("gone", "{bounce: 550 5.1.1}"), ("gone", "{bounce: 550 5.1.1 user unknown}"), ("thrown", "discard"),
      ("dropped", "discard"), ("held", "hold"), ("held", "{result: hold, text: /^look/}"), ("refused", "reject"),
      ("refused", "reject 554"), ("refused", "reject 5.7.1"),
      ("refused", "{result: reject 554 5.7.1, text: access DENIED}"),
      ("refused", "{result: reject, text: '/^relay .*denied$/'}"), ("later", "tempfail 451 4.3.0"),
      ("grey", "tempfail 450"), ("unknown", "reject 550 5.1.1"),
    ])
  func holds(_ recipient: String, _ expectation: String) throws {
    #expect(try judge(recipient, expectation) == [])
  }

  @Test(
    "expectations that do not",
    arguments: [
      ("boss", "reject", ["result: accept, not reject"]), ("boss", "{mailbox: bos}", ["mailbox: boss, not bos"]),
      ("boss", "{mailer: esmtp, user: x}", ["mailer: local, not esmtp", "user: boss, not x"]),
      ("boss", "{program: /bin/x}", ["program: mailbox of boss, not /bin/x"]),
      (
        "boss", "{deliveries: []}", ["deliveries: also mailbox of boss (mailer local, host , user boss), not no copies"]
      ),
      ("boss", "{forwards-to: [boss, x]}", ["forwards-to: boss, not x among them"]),
      ("far", "{recipient: far@lab.example}", ["recipient: Far@LAB.example, not far@lab.example"]),
      ("far", "{nexthop: hub.example.edu}", ["nexthop: [Hub.example.edu]., not hub.example.edu"]),
      (
        "list", "{forwards-to: [boss, /f, x@y.example]}",
        [
          "forwards-to: also |/bin/list a, not boss, /f, x@y.example and nobody else"
        ]
      ),
      (
        "list", "{deliveries: [{mailbox: boss}, {mailer: local}, {file: /f}, {host: h}]}",
        [
          "deliveries: program /bin/list a (mailer prog, host , user x), not a copy with mailer \"local\""
        ]
      ),
      ("thrown", "accept", ["result: discard, not accept"]), ("held", "accept", ["result: hold, not accept"]),
      ("refused", "accept", ["result: reject 554 5.7.1 Relay access denied, not accept"]),
      ("refused", "{mailbox: x}", ["result: reject 554 5.7.1 Relay access denied, not accept"]),
      ("refused", "reject 550", ["result: reject 554 5.7.1 Relay access denied, not reject 550"]),
      ("refused", "reject 5.1.1", ["result: reject 554 5.7.1 Relay access denied, not reject 5.1.1"]),
      ("refused", "{result: reject, text: allowed}", ["text: Relay access denied, not allowed"]),
      ("boss", "{text: x}", ["text: no reply text, not x"]),
      ("later", "reject", ["result: tempfail 451 4.3.0 try again, not reject"]),
      ("gone", "{mailbox: x}", ["mailbox: bounces: 550 5.1.1 User unknown, not x"]),
    ])
  func fails(_ recipient: String, _ expectation: String, _ mismatches: [String]) throws {
    #expect(try judge(recipient, expectation) == mismatches)
  }

  @Test("keys of one copy want that there is only one")
  func onlyOne() throws {
    let found = try judge("list", "{mailbox: boss}")
    #expect(found.count == 1 && found[0].hasPrefix("mailbox: 4 copies: mailbox of Boss ("), "\(found)")
    #expect(found[0].hasSuffix("not one copy, with mailbox \"boss\""), "\(found)")
  }

  @Test(
    "what one program does otherwise",
    arguments: [
      ("far", "{mailer: esmtp, postfix: {transport: smtp}}", ["transport: esmtp, not smtp"]),
      ("far", "{mailer: relay, postfix: {transport: esmtp}}", []), ("refused", "{mailbox: a, postfix: reject 554}", []),
      ("far", "{result: reject, postfix: {mailer: esmtp}}", []),
      ("far", "{host: x, postfix: {deliveries: [{mailer: esmtp}]}}", []),
      ("far", "{deliveries: [], postfix: {mailer: esmtp}}", []),
      (
        "far", "{host: x, postfix: {mailer: esmtp}}",
        [
          "host: [Hub.example.edu]., not x"
        ]
      ),
    ])
  func exceptions(_ recipient: String, _ expectation: String, _ mismatches: [String]) throws {
    #expect(try judge(recipient, expectation, .postfix) == mismatches)
    #expect(try !judge(recipient, expectation, .sendmail).isEmpty || expectation.hasPrefix("{mailer: esmtp"))
  }

  @Test("a failure is told at the line that expects something else")
  func places() throws {
    let suite = try #require(
      read("tests:\n  - to: far\n    expect:\n      mailer: local\n      host: x\n  - to: boss\n    expect: reject")
        .suite)
    let group = CheckGroup(suite, suite.cases, under: "x.cf", of: .sendmail, asking: Self.answers)
    #expect(
      group.results.flatMap(\.diagnostics).map { $0.position?.description ?? "" }
        == ["routes.yaml:4:15", "routes.yaml:5:13", "routes.yaml:7:13"])
    #expect(group.failures == 2 && group.results.map(\.isMet) == [false, false])
  }

  @Test("who sends everything first judges afterwards")
  func afterwards() throws {
    let suite = try #require(read("tests: [{to: [boss, far], expect: {mailbox: boss}}]").suite)
    let envelopes = suite.cases.map { $0.envelope() }
    let answers = envelopes.map(Self.answers.answer)
    let results = suite.cases.indices.map { CheckResult(suite.cases[$0], envelopes[$0], answers[$0], under: .postfix) }
    #expect(results.map(\.isMet) == [true, false])
  }
}
