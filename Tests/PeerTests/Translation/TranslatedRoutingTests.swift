// TranslatedRoutingTests.swift: our engine beside the real Postfix, on what the
// examples are translated to.
//
// compare proves a translation by asking this engine; here Postfix itself says
// whether the engine answers for these very configurations: every reply, and every
// transport, nexthop, sender and recipient.

import Foundation
import PostfixConfig
import Routing
import TestSupport
import Testing

@Suite(
  "Same answers as Postfix for translated sites", .serialized,
  .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: isRoot, "needs root: Postfix's master runs as root only"))
struct TranslatedRoutingTests {
  @Test(
    arguments: TranslatedSite.names.filter { $0.hasPrefix("examples/") } + ["access", "tables"])
  func sameAnswers(_ name: String) throws {
    let site = try TranslatedSite(name)
    let instance = try TranslatedPostfix.start(site.result.side)
    defer { instance.stop() }
    let envelopes = Self.envelopes(for: name)
    #expect(envelopes.count >= 200, "too few envelopes to say much")
    let witness = try PostfixWitness(instance, services: MasterConfiguration.stock)
    let differences = try witness.differences(envelopes)
    for difference in differences.prefix(25) { Issue.record("\(difference)") }
    #expect(differences.count == 0, "of \(envelopes.count) envelopes")
  }

  /// Those of the site's own keys, and the usual forms of its people's addresses.
  private static func envelopes(for name: String) -> [Envelope] {
    let own = TranslationEnvelopes.generated(for: name).map { envelope in
      PostfixEnvelopes.envelope(
        envelope.sender, [envelope.recipient],
        PostfixEnvelopes.client(envelope.address, envelope.name))
    }
    let domains = [
      "example.edu", "mail.example.edu", "chess-club.example.org", "lab.example.edu",
      "cs.example.edu", "far.example",
    ]
    let forms = domains.flatMap { PostfixEnvelopes.forms("boss", $0) } + PostfixEnvelopes.odd
    return own
      + forms.flatMap { form in
        [PostfixEnvelopes.outside, PostfixEnvelopes.inside].map {
          PostfixEnvelopes.envelope("user@far.example", [form], $0)
        }
      }
      + ["boss", "root", "boss+x", "nobody"].flatMap { user in
        domains.map {
          PostfixEnvelopes.envelope(
            "\(user)@\($0)", ["x@away.example", "boss@\($0)"], PostfixEnvelopes.inside)
        }
      }
  }
}
