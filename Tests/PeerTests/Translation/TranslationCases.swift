// TranslationCases.swift: the envelopes of TranslationAnswersTests, by construct.

extension TranslationCase {
  static let all: [TranslationCase] =
    ([access, tables, debian, encrypted, smartHost, debianExample, roaming, mailertable, combined, hubAll]
    + details + others)
    .map {
      example in
      var example = example
      let known = Set(example.envelopes.map(\.description))
      example.envelopes += TranslationEnvelopes.generated(for: example.site).filter {
        !known.contains("\($0)")
      }
      return example
    }

  private typealias Envelope = TranslationEnvelope

  private static let inside = ("10.1.2.3", "pc.inside.example")
  private static let localhost = ("127.0.0.1", "localhost")

  /// Clients by address and name, senders and recipients in every kind of key.
  private static let accessEnvelopes: [TranslationEnvelope] =
    [
      "10.1.2.3", "10.9.9.9", "10.9.9.8", "192.0.2.66", "192.0.2.77", "10.4.5.6", "10.40.5.6",
      "127.0.0.1",
    ].flatMap {
      [
        Envelope("john@mail.example.org", by: ($0, "host.far.example")),
        Envelope("x@away.example", by: ($0, "host.far.example")),
      ]
    }
    + [
      "bad-net.example", "a.bad-net.example", "rel.example", "a.rel.example", "norel.example",
      "untagged.example", "mail.example.org",
    ].flatMap {
      [
        Envelope("john@mail.example.org", by: ("198.51.100.9", $0)),
        Envelope("x@away.example", by: ("198.51.100.9", $0)),
      ]
    }
    + [
      "u@bad.example", "u@sub.bad.example", "spammer@far.example", "spammer@mixed.example",
      "joe@mixed.example",
      "jim@mixed.example", "joe+x@mixed.example", "u@disc.example", "q@quar.example",
      "r@quar.example",
      "u@relayfrom.example", "u@untagged.example", "u@untagok.example", "blockme@far.example", "",
    ].flatMap {
      [
        Envelope("john@mail.example.org", from: $0),
        Envelope("x@away.example", from: $0, by: inside),
      ]
    }
    + [
      "secret@mail.example.org", "secret@far.example", "secret2@mail.example.org",
      "x@relayto.example",
      "x@sub.relayto.example", "full@only.example", "x@only.example", "x@noto.example",
      "blockme@mail.example.org",
      "x@untagged.example", "x@rel.example", "x@a.rel.example", "x@away.example",
    ].flatMap { [Envelope($0), Envelope($0, by: inside)] }

  /// What is dropped for its sender or client is refused all the same where it may not go.
  private static let dropped =
    ["disc.example", "far.example"].flatMap { sender in
      ["x@away.example", "nobody@err.example", "john@mail.example.org"].flatMap { recipient in
        ["192.0.2.77", "198.51.100.77"].map {
          Envelope(recipient, from: "u@" + sender, by: ($0, "host.far.example"))
        }
      }
    }

  private static let access = TranslationCase(
    site: "access", envelopes: accessEnvelopes + virtual + routes + dropped,
    declared: [loops, partOfKey, droppedFirst])
  private static let tables = TranslationCase(
    site: "tables", envelopes: accessEnvelopes + virtual + routes + dropped,
    declared: [loops, partOfKey, encryption, order])

  // MARK: what reports declare

  private static let loops = DeclaredDifference(reason: "It maps to itself") { envelope, before, after in
    guard case .local = before, case .remote = after else { return false }
    return envelope.recipient.hasPrefix("loop")
  }

  private static let partOfKey = DeclaredDifference(
    reason: "take no part of the key into the route"
  ) { envelope, _, _ in
    envelope.recipient.hasSuffix(".below.example")
  }

  private static let droppedFirst = DeclaredDifference(
    reason: "Here the mail is taken and dropped whoever it is for"
  ) { _, before, after in
    guard case .refused = before else { return false }
    return after == .discarded
  }

  private static let encryption = DeclaredDifference(
    reason: "The reply's code is 454 whatever PERM or TEMP say"
  ) { _, before, after in
    [.refused(403), .refused(503)].contains(before) && after == .refused(454)
  }

  /// Several reasons to refuse, under delay_checks.
  private static let order = DeclaredDifference(
    reason: "Of several refusals Postfix gives that of the client or sender"
  ) { _, before, after in
    guard case .refused = before else { return false }
    if case .refused = after { return true }
    return after == .discarded
  }

  private static let paths = DeclaredDifference(reason: "Paths (host!user) become user@host") {
    envelope, _, _ in
    envelope.recipient.contains("!")
  }

  /// mailertable, from a client that may send anywhere.
  private static let routes: [TranslationEnvelope] = [
    "x@exact.example", "x@sub.exact.example", "x@below.example", "x@err.example", "x@err2.example",
    "x@loc.example", "x@w1.example", "x@bare.example", "x@elsewhere.example",
  ].map { Envelope($0, by: inside) }

  private static let virtual: [TranslationEnvelope] = [
    "john@virt.example", "info@virt.example", "info+x@virt.example", "plus@virt.example",
    "plus+a@virt.example",
    "plus2@virt.example", "plus2+b@virt.example", "sales+y@virt.example", "err@virt.example",
    "err2@virt.example",
    "list@mail.example.org", "info@w1.example",
  ].map { Envelope($0, by: inside) }

  private static let debian = TranslationCase(
    site: "debian", without: ["access": "TLS_Clt:\t"], envelopes: accessEnvelopes,
    declared: [encryption, order])

  /// The same with its demand that every client encrypt.
  private static let encrypted = TranslationCase(
    site: "debian", envelopes: [], declared: [encryption, order])

  private static let smartHost = TranslationCase(
    site: "smarthost",
    envelopes: [
      "x@a.b.fax", "x@pc.bitnet", "x@vax.decnet", "x@site.uucp", "x@a.near.example",
      "site!x@mail.example.org",
    ].flatMap {
      [Envelope($0), Envelope($0, by: localhost)]
    },
    declared: [paths], resolving: ["a.near.example"])

  private static let debianExample = TranslationCase(
    site: "examples/debian", envelopes: [],
    declared: [order])

  private static let roaming = TranslationCase(
    site: "roaming", envelopes: [], declared: [encryption])

  private static let mailertable = TranslationCase(
    site: "mailertable",
    envelopes: ["a.h.part.example", "x.known.part.example", "a.deep.example.net"].map {
      Envelope("x@" + $0, by: inside)
    },
    declared: [
      DeclaredDifference(reason: "add a line for each other one") { envelope, _, after in
        after == .refused(450)
          && ["part.example", "deep.example.net"].contains { envelope.recipient.hasSuffix("." + $0) }
      }
    ])

  /// Senders that lead to errors are refused for friends, too.
  private static let combined = TranslationCase(
    site: "combined",
    envelopes: ["bad@virt.example", "bad+d@virt.example", "bad@old.example"].flatMap {
      [Envelope("john@w1.example", from: $0), Envelope("mary@mail.example.org", from: $0, by: inside)]
    },
    declared: [
      order,
      DeclaredDifference(reason: "goes straight to it too, past a smart host") { envelope, _, after in
        envelope.recipient.hasSuffix("@luser.example") && after == .remote(host: "luser.example")
      },
    ])

  private static let hubAll = TranslationCase(
    site: "hub-all", envelopes: [],
    declared: [
      DeclaredDifference(reason: "goes straight to it, too, past a smart host") { envelope, _, after in
        envelope.recipient.hasSuffix("@hub.example.org") && after == .remote(host: "hub.example.org")
      }
    ])

  private static let detail = DeclaredDifference(
    reason: "Aliases and .forward files see the +detail that %1 leaves out"
  ) { envelope, before, after in before == .local(user: "any") && after == .local(user: "any+d") }

  private static let details = ["preserve", "virtual-details", "virtual-twins"].map {
    TranslationCase(site: $0, envelopes: [], declared: [detail])
  }

  /// Sites whose own files name all that matters.
  private static let others = [
    "examples/example.edu", "masquerade", "masquerade-all", "masquerade-limited", "plain",
    "delayed", "smarthost-mailer", "nullclient", "luser-host", "local-relay", "hub", "hub-sticky",
    "luser", "masquerade-known", "generics",
  ].map { TranslationCase(site: $0, envelopes: []) }
}
