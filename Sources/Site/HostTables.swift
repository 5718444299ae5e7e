// HostTables.swift: the tables of a host, in the source form of makemap and newaliases.

import MailAddress
import Resolver

/// A file below a host's folder.
package struct HostFile: Sendable, Equatable {
  package var name: String
  package var text: String

  package init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

extension HostPlan {
  /// The files that its sendmail.mc names, and what stands in for the accounts of the host.
  package func tables(in organisation: Organisation) -> [HostFile] {
    let tables = HostTables(plan: self, flow: organisation.domains[domain].flow)
    let files = [
      HostFile(name: "access", text: tables.access), HostFile(name: "aliases", text: tables.aliases),
      HostFile(name: "mailertable", text: tables.mailertable),
      HostFile(name: "virtusertable", text: tables.virtualUsers),
      HostFile(name: "passwd", text: tables.accounts),
    ]
    return files.filter { !$0.text.isEmpty } + tables.forwardFiles
  }
}

private struct HostTables {
  let plan: HostPlan
  let flow: MailFlow

  private func lines(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

  var access: String {
    let trusted = plan.trustedNetworks.flatMap(\.sendmailPrefixes).map { "Connect:\($0)\tRELAY" }
    let rules = (flow.access + plan.host.access).map { "\($0.key.value.text)\t\($0.value.text)" }
    return lines(
      ["Connect:127.0.0.1\tRELAY", "Connect:IPv6:0:0:0:0:0:0:0:1\tRELAY"] + trusted + rules + plan.relays.flatMap(known)
    )
  }

  /// Whoever is not known is refused before the mail goes down.
  private func known(_ relay: RelayedDomain) -> [String] {
    // What is said of a domain holds for those below it, unless something is said of them.
    guard let names = relay.knownNames else { return ["To:\(relay.name)\tRELAY"] }
    return names.map { "To:\($0.text)@\(relay.name)\tOK" } + ["To:\(relay.name)\tERROR:5.1.1:550 User unknown"]
  }

  var mailertable: String {
    let relays = plan.relays.map { "\($0.name)\tsmtp:" + $0.hosts.map { "[\($0)]" }.joined(separator: ":") }
    return lines(relays + plan.stores.map { "\($0)\tlmtpnet:[\($0)]" })
  }

  var aliases: String {
    let system = plan.aliases.contains { $0.name.lowercased == Bytes(ascii: "mailer-daemon") }
    let notices = system ? [] : ["mailer-daemon: postmaster"]
    return lines(notices + plan.aliases.map { "\($0.name.text): \(Self.list($0.targets))" })
  }

  private static func list(_ targets: [Bytes]) -> String { targets.map(\.text).joined(separator: ", ") }

  var virtualUsers: String {
    lines(
      plan.virtualUsers.map { "\($0.name.text)\t\(Self.list($0.targets))" }
        + plan.virtualDomains.map { "@\($0)\terror:5.1.1:550 User unknown" })
  }

  var accounts: String {
    let users = plan.accounts.enumerated().map { number, name in
      "\(name.text):x:\(1001 + number):100::/home/\(name.text):/bin/sh"
    }
    return lines(["root:x:0:0:root:/root:/bin/sh"] + users)
  }

  var forwardFiles: [HostFile] {
    plan.forwardFiles.map { HostFile(name: "home/\($0.name.text)/.forward", text: Self.list($0.targets) + "\n") }
  }
}
