// QuestionMaker.swift: from what two configurations name to envelopes.
//
//     each recipient   from outside, from this host, and from a command line on it
//     each sender      to somebody here and somebody far; from outside, from here, and
//                      from a client that may relay
//     each client      to somebody here and somebody far; at both ends of a network
//                      and beside them
//     each size        at the limit and above it
//
// The order is that of the configurations, the same in every run.

import MailAddress
import Routing

/// Makes the questions of a comparison.
package struct QuestionMaker {
  private let seeds: Seeds
  private var questions: [Question] = []
  private var asked: Set<Envelope> = []

  /// A stranger whom no key can mean.
  private static let far = Bytes(ascii: "any.stranger@far.example")
  private static let stranger = Bytes(ascii: "user@elsewhere.example")
  private let outside: Client
  private let unnamed: Client
  /// A client of another host that may send anywhere, where one is known.
  private let relayed: Client?
  /// A network of which neither configuration knows anything.
  private let network: String
  /// Domains at which the rare forms are written.
  private static let formDomains = 4

  private init(_ seeds: Seeds, relayed: Client?) {
    self.seeds = seeds
    self.relayed = relayed
    let known = Set(seeds.clientAddresses.map { $0.text.split(separator: .dot).prefix(2).map(Array.init) })
    network =
      Self.networks.first { !known.contains($0.utf8.split(separator: .dot).prefix(2).map(Array.init)) } ?? "198.18.0"
    outside = .outside(Bytes("\(network).9".utf8), name: Bytes(ascii: "client.far.example"))
    unnamed = .outside(Bytes("\(network).10".utf8), name: nil)
  }

  /// Networks for documentation and tests (RFC 5737, RFC 2544).
  private static let networks = ["198.51.100", "203.0.113", "192.0.2", "198.19.7"]

  /// - Parameters:
  ///   - limit: more questions than that are thinned out evenly.
  ///   - mayRelay: whether a client may send to strangers.
  package static func questions(
    from seeds: Seeds, limit: Int, mayRelay: (Envelope) -> Bool = { _ in false }
  ) -> [Question] {
    let clients = seeds.clientAddresses.map { Client.outside($0.text, name: nil) }
    let relayed = clients.first { client in
      !client.isLoopback && mayRelay(Envelope(client: client, sender: far, recipients: [stranger]))
    }
    var maker = QuestionMaker(seeds, relayed: relayed)
    maker.askRecipients()
    maker.askSenders()
    maker.askClients()
    maker.askGreetings()
    maker.askSizes()
    return thinned(maker.questions, to: limit)
  }

  private static func thinned(_ questions: [Question], to limit: Int) -> [Question] {
    guard questions.count > limit else { return questions }
    return (0..<max(limit, 0)).map { questions[$0 * questions.count / limit] }
  }

  // MARK: addresses

  /// Somebody whose mail ends here.
  private var near: Bytes {
    Bytes(ascii: "postmaster@") + (seeds.localDomains.first?.text ?? Bytes(ascii: "localhost"))
  }

  /// Every address worth asking for, with its reason.
  private var addresses: [Seed] {
    var result: [Seed] = []
    for seed in seeds.addresses {
      result.append(seed)
      if let detailed = WrittenForm.detailed(seed.text) {
        result.append(Seed(text: detailed, origin: "\(seed.origin), with a detail"))
      }
    }
    for domain in seeds.domains {
      result += written(WrittenForm.plain, at: domain)
      // Hosts in the pseudo-domain of UUCP have no neighbours in the DNS.
      if !domain.text.hasSuffix(Bytes(ascii: ".uucp")) { result += written(WrittenForm.beside, at: domain) }
    }
    let local = seeds.localDomains.prefix(Self.formDomains)
    for user in seeds.users {
      result.append(user)
      for domain in local { result.append(Seed(text: user.text + [.at] + domain.text, origin: user.origin)) }
      guard let domain = local.first, !user.text.contains(0x2B) else { continue }
      let detailed = user.text + Bytes(ascii: "+detail@") + domain.text
      result.append(Seed(text: detailed, origin: "\(user.origin), with a detail"))
    }
    let others = seeds.domains.filter { domain in !local.contains { $0.text == domain.text } }
    for domain in local + others.prefix(Self.formDomains) { result += written(WrittenForm.rare, at: domain) }
    for form in WrittenForm.alone { result.append(Seed(text: Bytes(form.text.utf8), origin: form.name)) }
    return result
  }

  private func written(_ forms: [WrittenForm], at domain: Seed) -> [Seed] {
    forms.map { Seed(text: $0.write(domain.text), origin: "\(domain.origin): \($0.name)") }
  }

  // MARK: envelopes

  private mutating func ask(
    _ client: Client, _ sender: Bytes, _ recipient: Bytes, _ reason: String, size: Int? = nil
  ) {
    let envelope = Envelope(client: client, sender: sender, recipients: [recipient], size: size)
    if asked.insert(envelope).inserted { questions.append(Question(envelope, because: reason)) }
  }

  private mutating func askRecipients() {
    for seed in addresses {
      ask(outside, Self.far, seed.text, seed.origin)
      ask(.localhost, near, seed.text, seed.origin)
      ask(.commandLine, near, seed.text, "\(seed.origin), on the command line")
    }
    ask(outside, Self.far, [], "an empty recipient")
  }

  private mutating func askSenders() {
    for seed in addresses + [Seed(text: [], origin: "the null sender")] {
      let reason = "sender of \(seed.origin)"
      ask(outside, seed.text, near, reason)
      ask(.localhost, seed.text, Self.far, reason)
      if let relayed { ask(relayed, seed.text, Self.far, reason) }
    }
  }

  private mutating func askClients() {
    let named = seeds.domains.enumerated().map { index, seed in
      (Client.outside(Bytes("\(network).\(20 + index % 200)".utf8), name: seed.text), "client of \(seed.origin)")
    }
    let below = seeds.domains.enumerated().map { index, seed in
      (
        Client.outside(
          Bytes("\(network).\(20 + index % 200)".utf8), name: Bytes(ascii: "pc.") + seed.text),
        "client below \(seed.origin)"
      )
    }
    let numbered = seeds.clientAddresses.map { (Client.outside($0.text, name: nil), "client of \($0.origin)") }
    let neighbours = seeds.clientAddresses.compactMap { seed in
      Self.neighbour(of: seed.text).map { (Client.outside($0, name: nil), "client beside \(seed.origin)") }
    }
    let ends = seeds.networkEnds.map { (Client.outside($0.text, name: nil), "at an end of \($0.origin)") }
    let all = numbered + neighbours + ends + named + below + [(unnamed, "a client without a name")]
    for (client, reason) in all {
      ask(client, Self.far, near, reason)
      ask(client, Self.far, Self.stranger, reason)
    }
  }

  /// What a client calls itself in HELO.
  private mutating func askGreetings() {
    let own = seeds.localDomains.first?.text ?? Bytes(ascii: "localhost")
    let greetings = ["nodots", "under_score.example", "bad!name.example", "[192.0.2.1]"]
    for greeting in greetings.map({ Bytes($0.utf8) }) + [own] {
      var client = outside
      client.helo = greeting
      ask(client, Self.far, near, "a client that greets as \(greeting.text)")
    }
  }

  /// The same address in another network: its third number counted on.
  private static func neighbour(of address: Bytes) -> Bytes? {
    let parts = address.split(separator: .dot).map { Bytes($0).decimalValue ?? 0 }
    guard parts.count == 4 else { return nil }
    let next = [parts[0], parts[1], (parts[2] + 1) % 256, parts[3]]
    return Bytes(next.map(String.init).joined(separator: ".").utf8)
  }

  private mutating func askSizes() {
    for (size, origin) in seeds.sizes {
      ask(outside, Self.far, near, "\(origin): as large as allowed", size: size)
      ask(outside, Self.far, near, "\(origin): larger than allowed", size: size < Int.max ? size + 1 : size)
    }
  }
}
