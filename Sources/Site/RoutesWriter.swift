// RoutesWriter.swift: what the site file promises of a host, as routing tests.
//
// They are made from the plan and not from what an engine says, so that they hold the
// configuration to what somebody wrote down. `docs/routing-tests.md` has their format.

import MailAddress
import Resolver

extension HostPlan {
  /// - Parameter configuration: the host's, as a path from the tests.
  package func routes(in organisation: Organisation, configuration: String) -> String {
    RoutesWriter(plan: self, organisation: organisation, configuration: configuration).text
  }
}

private struct RoutesWriter {
  let plan: HostPlan
  let organisation: Organisation
  let configuration: String

  /// Addresses that no organisation has (RFC 5737, RFC 2606).
  private static let stranger = "198.51.100.25"
  private static let foreigner = "alice@example.net"

  var text: String {
    let tests = entrance + people + virtualPeople + relays + outside
    return "# What the site file promises of \(plan.host.name).\n" + start + "tests:\n" + tests.joined()
  }

  private var start: String {
    let files = plan.forwardFiles.map { file in
      "  /home/\(file.name.text)/.forward: \(quoted(file.targets.map(\.text).joined(separator: ", ")))\n"
    }
    return "configuration: \(configuration)\ntables: .\nhost: \(plan.host.name)\n"
      + (files.isEmpty ? "" : "files:\n" + files.joined())
      + "defaults: { client: \(plan.entrance == nil ? Self.stranger : inside), from: \(Self.foreigner) }\n"
  }

  /// A host of the organisation, or this one.
  private var inside: String {
    organisation.domains.flatMap(\.hosts).first { $0.name != plan.host.name }?.addresses.first?.description
      ?? "127.0.0.1"
  }

  private func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

  private func test(_ name: String, to: [String], _ expect: String, more: String = "") -> String {
    let list = to.count == 1 ? quoted(to[0]) : "[" + to.map(quoted).joined(separator: ", ") + "]"
    return "  - name: \(quoted(name))\n    to: \(list)\n\(more)    expect: \(expect)\n"
  }

  // MARK: what comes in

  private var entrance: [String] {
    guard plan.entrance != nil, let name = plan.localDomains.first ?? plan.relays.first?.name else { return [] }
    return [
      test(
        "strangers hand in their mail at the top", to: ["postmaster@\(name)"], "reject 550",
        more: "    client: \(Self.stranger)\n")
    ]
  }

  private var people: [String] {
    guard let local = plan.localDomains.first else { return [] }
    let names = organisation.domains[plan.domain].people.flatMap(\.names)
    let known = names.map { name in
      test("\(name.text) of \(local)", to: ["\(name.text)@\(local)"], reach(of: name))
    }
    return known + [test("who is not known is refused", to: [unknown(at: local)], "reject 550")]
  }

  private var virtualPeople: [String] {
    plan.virtualUsers.map { user in
      test("\(user.name.text), a name of its own", to: [user.name.text], reach(of: user.targets))
    } + plan.virtualDomains.map { test("who is not known in \($0) is refused", to: [unknown(at: $0)], "reject 550") }
  }

  private func unknown(at domain: DomainName) -> String { "no.such.person@\(domain)" }

  private func reach(of name: Bytes) -> String {
    let alias = plan.aliases.first { $0.name.equalsIgnoringCase(name) }
    return reach(of: alias?.targets ?? [name.lowercased])
  }

  private func reach(of targets: [Bytes]) -> String {
    var reached: [String] = []
    var seen: Set<Bytes> = []
    for target in targets { follow(target, &reached, &seen) }
    return "{ forwards-to: [" + reached.map(quoted).joined(separator: ", ") + "] }"
  }

  /// Where mail for a target ends as far as this host knows.
  private func follow(_ target: Bytes, _ reached: inout [String], _ seen: inout Set<Bytes>) {
    guard seen.insert(target.lowercased).inserted else { return }
    let parts = AddressForm.parts(target)
    let isOwn = parts.domain.map { domain in plan.localDomains.contains { $0.text == domain.lowercased } } ?? true
    let known = isOwn ? forwarding(parts.local, target) : plan.virtualUsers.first { $0.name.equalsIgnoringCase(target) }
    guard let known else {
      let end = isOwn ? parts.local.filter { $0 != .backslash }.text : target.text
      if !reached.contains(end) { reached.append(end) }
      return
    }
    for next in known.targets { follow(next, &reached, &seen) }
  }

  private func forwarding(_ name: Bytes, _ target: Bytes) -> Forwarding? {
    if target.first == .backslash { return nil }
    return plan.aliases.first { $0.name.equalsIgnoringCase(name) }
      ?? plan.forwardFiles.first { $0.name == name.lowercased }
  }

  // MARK: what goes on

  private var relays: [String] {
    plan.relays.flatMap { relay -> [String] in
      let way = "{ \(next): \(quoted(relay.hosts.map { "[\($0)]" }.joined(separator: ":"))) }"
      guard let names = relay.knownNames else {
        return [test("\(relay.name) knows its own people", to: [unknown(at: relay.name)], way)]
      }
      return [
        test("people of \(relay.name)", to: names.map { "\($0.text)@\(relay.name)" }, way),
        test("who is not known in \(relay.name) is refused here", to: [unknown(at: relay.name)], "reject 550"),
      ]
    }
  }

  private var next: String { plan.host.system == .postfix ? "nexthop" : "host" }

  private var outside: [String] {
    let own = plan.masquerade ?? plan.localDomains.first ?? plan.host.name
    let way = plan.smartHost.map { "[\($0)]" } ?? "remote.example"
    let sender = "someone@\(plan.host.name)"
    let masked = plan.masquerade == nil ? sender : "someone@\(own)"
    return [
      test(
        "our own hosts send anywhere", to: ["x@remote.example"], "{ \(next): \(quoted(way)), sender: \(masked) }",
        more: "    client: \(inside)\n    from: \(sender)\n"),
      test(
        "strangers do not send through here", to: ["x@remote.example"], "reject", more: "    client: \(Self.stranger)\n"
      ),
    ]
  }
}
