// OutcomeTests.swift: which answers count as alike.

import Equivalence
import MailAddress
import Routing
import Testing

@Suite("Outcomes")
struct OutcomeTests {
  private func answer(
    _ destination: Destination, sender: String = "a@b.example", recipient: String = "c@d.example",
    decision: Decision = .accept, headers: HeaderForms? = nil
  ) -> EnvelopeAnswer {
    let resolution = Resolution(transport: Bytes("smtp".utf8), host: [], user: [])
    let delivery = Delivery(
      resolution: resolution, destination: destination, sender: Bytes(sender.utf8), recipient: Bytes(recipient.utf8),
      headers: headers)
    return EnvelopeAnswer(
      recipients: [RecipientAnswer(given: Bytes("c@d.example".utf8), decision: decision, deliveries: [delivery])],
      sender: Bytes(sender.utf8))
  }

  private func host(_ name: String) -> Destination { .remote(host: Bytes(name.utf8)) }

  private func difference(_ one: EnvelopeAnswer, _ other: EnvelopeAnswer) -> DifferenceKind? {
    .between(Outcome(one, recipient: 0), Outcome(other, recipient: 0))
  }

  @Test("what does not matter")
  func alike() {
    #expect(difference(answer(host("mx.example.")), answer(host("MX.example"))) == nil)
    #expect(
      difference(answer(host("x"), recipient: "\"c..d\"@E.example"), answer(host("x"), recipient: "c..d@e.example."))
        == nil)
    let one = answer(.mailbox(user: Bytes("boss".utf8)), recipient: "boss")
    let other = answer(
      .mailbox(user: Bytes("Boss".utf8), command: Bytes("procmail".utf8)), recipient: "boss@here.example")
    #expect(difference(one, other) == nil)
    #expect(difference(answer(.bounce(Reply(550, nil, ""))), answer(.bounce(Reply(553, nil, "")))) == nil)
    let early = EnvelopeAnswer(session: .reject(Reply(550, nil, "no")), stage: .sender)
    #expect(difference(early, answer(host("x"), decision: .reject(Reply(550, "5.7.1", "no")))) == nil)
  }

  @Test("what does")
  func different() {
    let plain = answer(host("mx.example"))
    #expect(difference(plain, answer(host("[mx.example]"))) == .place)
    #expect(difference(plain, answer(.mailbox(user: Bytes("c".utf8)))) == .place)
    #expect(difference(plain, answer(host("mx.example"), sender: "x@b.example")) == .sender)
    #expect(difference(plain, answer(host("mx.example"), recipient: "x@d.example")) == .recipient)
    #expect(difference(plain, answer(host("mx.example"), decision: .reject(Reply(550, nil, "")))) == .verdict)
    #expect(difference(plain, EnvelopeAnswer(session: .temporaryFailure(Reply(451, nil, "")))) == .verdict)
    let refused = answer(host("x"), decision: .reject(Reply(550, nil, "")))
    #expect(difference(refused, answer(host("x"), decision: .reject(Reply(553, nil, "")))) == .code)
    #expect(difference(refused, answer(host("x"), decision: .reject(Reply(450, nil, "")))) == .verdict)
    var held = plain
    held.message = .hold(reason: [])
    #expect(difference(plain, held) == .verdict)
    func headers(_ sender: String) -> EnvelopeAnswer {
      answer(host("x"), headers: HeaderForms(sender: Bytes(sender.utf8), recipient: []))
    }
    #expect(difference(headers("a@b.example"), headers("a@c.example")) == .headers)
    #expect(difference(headers("a@b.example"), answer(host("x"))) == nil)
  }

  @Test(
    "words of a refusal that a postmaster wrote",
    arguments: [
      ("<a@b>... your network sends junk", "<h[192.0.2.1]>: Client host rejected: your network sends junk", true),
      ("<a@b>... \"go  away\"", "<a@b>: Sender address rejected: go away", true),
      ("<a@b>... 5.1.2 switched off", "<a@b>: Recipient address rejected: switched off", true),
      ("<a@b>... go away", "<a@b>: Sender address rejected: come in", false),
      // Each program has its own words for these.
      ("<a@b>... Relaying denied", "<a@b>: Relay access denied", true),
      ("<a@b>... User unknown", "<a@b>: Recipient address rejected: User unknown in local recipient table", true),
    ])
  func words(_ sendmail: String, _ postfix: String, _ areAlike: Bool) {
    func refused(_ text: String) -> EnvelopeAnswer {
      answer(host("x"), decision: .reject(Reply(550, "5.7.1", text)))
    }
    #expect(difference(refused(sendmail), refused(postfix)) == (areAlike ? nil : .words))
  }

  @Test("on a command line a complaint and a returned mail come to the same")
  func commandLine() {
    let envelope = Envelope(client: .commandLine, sender: [], recipients: [[]])
    func outcome(_ answer: EnvelopeAnswer) -> Outcome { Outcome(answer, recipient: 0, of: envelope) }
    let complaint = answer(host("x"), decision: .reject(Reply(550, "5.7.1", "no")))
    #expect(outcome(complaint).copies == outcome(answer(.bounce(Reply(551, nil, "")))).copies)
    #expect(DifferenceKind.between(outcome(complaint), outcome(answer(.bounce(Reply(551, nil, ""))))) == nil)
    #expect(DifferenceKind.between(outcome(complaint), outcome(answer(host("x")))) == .place)
  }

  @Test("known differences cover what they say and no more")
  func known() {
    func covered(
      _ kind: DifferenceKind, _ sender: String, to recipient: String = "c@d.example", _ one: EnvelopeAnswer,
      _ other: EnvelopeAnswer
    ) -> Bool {
      KnownDifference.covering(
        KnownDifference.Case(
          kind: kind, sender: Bytes(sender.utf8), recipient: Bytes(recipient.utf8),
          sendmail: Outcome(one, recipient: 0), postfix: Outcome(other, recipient: 0))) != nil
    }
    func refused(_ code: Int) -> EnvelopeAnswer { answer(host("x"), decision: .reject(Reply(code, nil, ""))) }
    #expect(covered(.code, "a@b.example", to: "", refused(553), refused(501)))
    #expect(!covered(.code, "a@b.example", to: "", refused(553), refused(550)))
    #expect(!covered(.code, "a@b.example", refused(553), refused(501)))
    #expect(covered(.sender, "Mailer-Daemon@b.example", answer(host("x")), answer(host("x"), sender: "")))
    #expect(!covered(.sender, "mailer-daemon@b.example", answer(host("x")), answer(host("x"), sender: "q@b.example")))
    #expect(covered(.sender, "a@b.UUCP", answer(host("x")), answer(host("x"), sender: "b!a")))
    #expect(!covered(.place, "a@b.UUCP", answer(host("x")), answer(host("y"))))
    #expect(covered(.verdict, "a%b@c.example", refused(553), answer(host("x"))))
    #expect(covered(.verdict, "b!a", answer(host("x")), refused(553)))
    #expect(!covered(.verdict, "a%b@c.example", answer(host("x")), refused(550)))
    #expect(!covered(.verdict, "a@c.example", refused(553), answer(host("x"))))
    #expect(!covered(.place, "a%b@c.example", answer(host("x")), answer(host("y"))))
    #expect(!covered(.verdict, "a@b.uucp", answer(host("x")), refused(550)))
    #expect(!covered(.place, "a@b.example", answer(host("x")), answer(host("y"))))
  }
}
