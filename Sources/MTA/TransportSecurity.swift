// TransportSecurity.swift: the TLS that a configuration offers to clients and asks of servers.
//
//     clients ─► TLSOffer        servers ─► ClientTLS (main.cf: one for each agent)
//
// Fails: with a level that Postfix does not start with. A key or certificate that cannot be
// used is a warning: mail goes on as the real programs let it.

import Installation
import MailAddress
import NIOSSL
import PostfixConfig
import SendmailCF

package struct TransportSecurity: Sendable {
  let offer: TLSOffer
  /// By transport.
  private let agents: [Bytes: ClientTLS]
  private let other: ClientTLS

  /// No TLS at all.
  package static let none = TransportSecurity()

  private init() { (offer, agents, other) = (TLSOffer(), [:], ClientTLS()) }

  /// - Parameter serves: whether clients are served; else only what is asked of servers counts.
  package init(_ installation: Installation, serves: Bool) {
    offer = serves ? TLSOffer(installation) : TLSOffer()
    agents = [:]
    other = ClientTLS(installation)
  }

  /// - Parameter serves: whether clients are served; else only what is asked of servers counts.
  package init(_ configuration: PostfixConfiguration, serves: Bool) throws(RuntimeError) {
    let smtpd = configuration.settings(for: configuration.master.firstService(running: "smtpd", type: "inet"))
    offer = serves ? try TLSOffer(smtpd, root: configuration.root) : TLSOffer()
    var agents: [Bytes: ClientTLS] = [:]
    for service in configuration.master.services where service.type == "unix" {
      guard ["smtp", "lmtp"].contains(service.command) else { continue }
      agents[Bytes(service.name.utf8)] = ClientTLS(configuration, service)
    }
    self.agents = agents
    other = agents[Bytes(ascii: "smtp")] ?? ClientTLS()
  }

  /// The TLS of the agent that a transport names.
  func client(of transport: Bytes) -> ClientTLS { agents[transport] ?? other }

  /// What whoever starts the runtime is to know.
  var warnings: [String] { offer.warnings + other.warnings }
}
