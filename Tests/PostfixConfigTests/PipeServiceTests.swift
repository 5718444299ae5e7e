// PipeServiceTests.swift: attributes and words of pipe transports. What the real pipe(8) does
// is in RuntimeTests/PipeTransportTests.swift.

import MailAddress
import PostfixConfig
import Testing

@Suite("Pipe services")
struct PipeServiceTests {
  private func service(_ text: String) throws(PipeService.Fault) -> PipeService {
    let line = "name unix - n n - - pipe \(text)\n"
    let master = MasterConfiguration.parse(Bytes(line.utf8), file: "master.cf")
    guard let service = master.services.first else { throw PipeService.Fault(reason: "no service") }
    return try PipeService(service)
  }

  private func words(_ text: String, sender: String = "a b@x") throws -> [String] {
    let recipients = ["u+e@Dom", "two"].map {
      PipeService.Recipient(
        address: Bytes($0.utf8), original: Bytes("o$user".utf8), user: Bytes("U".utf8), extension: Bytes("e".utf8))
    }
    return try service(text).words(sender: Bytes(sender.utf8), recipients, facts: ["nexthop": Bytes("Next".utf8)])
      .map(\.text)
  }

  @Test("words that speak of recipients are given once for each")
  func expansion() throws {
    #expect(try words("user=x argv=p -f $sender $$1 ${nexthop}") == ["p", "-f", "a b@x", "$1", "Next"])
    #expect(try words("user=x argv=p $(recipient)! {a  ${user} b}") == ["p", "u+e@Dom!", "two!", "a  U b", "a  U b"])
    // What an address holds is text.
    #expect(try words("user=x argv=p ${original_recipient}") == ["p", "o$user", "o$user"])
    #expect(try words("flags=hqu user=x argv=p $sender $domain") == ["p", "\"a b\"@x", "dom", ""])
    #expect(try words("user=x null_sender= argv=p $sender ${size}x", sender: "") == ["p", "", "x"])
    #expect(try words("-o a=b -v user=x argv=p $sender", sender: "") == ["p", "MAILER-DAEMON"])
  }

  @Test(
    "faults are told",
    arguments: [
      ("argv=p", "user= is missing"), ("user=x", "argv= is missing"), ("user=x argv=p ${nosuch}", "nosuch"),
      ("user=x argv=p ${user", "not closed"), ("user=x argv=p a$", "no macro name"),
      ("flags=Z user=x argv=p", "flag Z"),
      ("user=x size=big argv=p", "no number"), ("user=x colour=red argv=p", "colour"),
      ("chroot=/x user=x argv=p", "chroot"),
      ("user argv=p", "no value"),
    ])
  func faults(_ text: String, _ reason: String) {
    do {
      _ = try words(text)
      Issue.record("no fault: \(text)")
    } catch {
      #expect((error as? PipeService.Fault)?.reason.contains(reason) == true, "\(text): \(error)")
    }
  }

  @Test("ends of lines are written as in C")
  func lineEnds() throws {
    #expect(try service("eol=\\r\\n user=x argv=p").lineEnd == [13, 10])
    #expect(try service("eol=\\036\\q\\\\ user=x argv=p").lineEnd == [0x1E, 0x71, 0x5C])
    #expect(try service("eol=a\\ user=x argv=p").lineEnd == [0x61, 0x5C])
  }
}
