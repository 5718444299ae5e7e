// MCWriter.swift: the sendmail.mc of a host, as somebody would write it by hand.
//
// It says no more than the plan asks for, in the words that postmasters know, and works with the
// stock library as well as with ours.

import Diagnostics
import MailAddress
import Resolver

extension HostPlan {
  /// - Parameter organisation: whose host it is.
  package func sendmailMC(in organisation: Organisation) -> String {
    MCWriter(plan: self, flow: organisation.domains[domain].flow).text
  }

  /// The lines of the sendmail.mc that stand in the site file, by their numbers: where that says so, and their text.
  package func statedLines(in organisation: Organisation) -> [Int: (position: SourcePosition, text: String)] {
    MCWriter(plan: self, flow: organisation.domains[domain].flow).statedLines
  }
}

private struct MCWriter {
  let plan: HostPlan
  let flow: MailFlow

  var text: String {
    (beginning + additions + mailers + rules).joined(separator: "\n") + "\n"
  }

  private var beginning: [String] { start + ways + features + names + senders }

  var statedLines: [Int: (position: SourcePosition, text: String)] {
    var lines: [Int: (position: SourcePosition, text: String)] = [:]
    var number = beginning.count
    for addition in flow.mcLines + plan.host.mcLines {
      for line in addition.value.text.split(separator: "\n", omittingEmptySubsequences: false) {
        number += 1
        lines[number] = (addition.position, String(line))
      }
    }
    return lines
  }

  private func call(_ name: String, _ arguments: String...) -> String {
    "\(name)(" + arguments.map { "`\($0)'" }.joined(separator: ", ") + ")dnl"
  }

  private var start: [String] {
    [
      call("VERSIONID", "\(plan.host.name), made from the site file"), call("OSTYPE", flow.ostype),
      call("define", "confDOMAIN_NAME", "\(plan.host.name)"),
    ]
  }

  private var ways: [String] {
    // In brackets, so that the MX records of the smart host's name do not matter.
    plan.smartHost.map { [call("define", "SMART_HOST", "[\($0)]")] } ?? []
  }

  private var features: [String] {
    var features = [call("FEATURE", "nocanonify"), call("FEATURE", "relay_hosts_only"), call("FEATURE", "access_db")]
    features.append(call("FEATURE", "blocklist_recipients"))
    // Who sees the inside view of the DNS alone cannot tell whether a sender's domain exists.
    if plan.entrance != nil { features.append(call("FEATURE", "accept_unresolvable_domains")) }
    if !plan.relays.isEmpty || !plan.stores.isEmpty { features.append(call("FEATURE", "mailertable")) }
    if !plan.virtualDomains.isEmpty { features.append(call("FEATURE", "virtusertable")) }
    return features
  }

  private var names: [String] {
    plan.localDomains.map { call("LOCAL_DOMAIN", "\($0)") }
      + plan.virtualDomains.map { call("VIRTUSER_DOMAIN", "\($0)") }
      + plan.relays.map { call("RELAY_DOMAIN", "\($0.name)") }
  }

  private var senders: [String] {
    guard let name = plan.masquerade else { return [] }
    return [
      call("MASQUERADE_AS", "\(name)"), call("FEATURE", "masquerade_envelope"),
      call("MASQUERADE_DOMAIN", "\(plan.host.name)"), call("EXPOSED_USER", "root"),
    ]
  }

  private var additions: [String] { (flow.mcLines + plan.host.mcLines).map(\.value.text) }

  private var mailers: [String] {
    let known = [call("MAILER", "local"), call("MAILER", "smtp")]
    guard !plan.stores.isEmpty else { return known }
    return known + [
      "MAILER_DEFINITIONS", "# Mailboxes on another host, by LMTP (RFC 2033).",
      "Mlmtpnet,\tP=[IPC], F=lsDFMmnqSXzA5u8, S=EnvFromSMTP, R=EnvToSMTP, E=\\r\\n, L=2040,",
      "\t\tT=DNS/RFC822/SMTP,", "\t\tA=TCP $h 24",
    ]
  }

  /// Strangers are told where to go, before they say who they are.
  private var rules: [String] {
    guard let port = plan.closedPort else { return [] }
    let inside = plan.trustedNetworks.flatMap(\.sendmailPrefixes) + ["127", "IPv6:0:0:0:0:0:0:0:1"]
    return ["LOCAL_CONFIG", "# Who belongs to the organisation."] + inside.map { "C{Inside}\($0)" } + [
      "LOCAL_RULESETS", "SLocal_check_relay", "R$* $| $={Inside} $*\t$@ OK", "R$* $| 0\t$@ OK",
      "R$*\t$#error $@ 5.7.1 $: \"\(port.reply)\"",
    ]
  }
}
