// Messages.swift: the wording of this module's diagnostics.

import Diagnostics
import MailAddress
import Resolver

extension Diagnostic.Message {
  // MARK: names

  static func noDomainName(_ text: String, wanted: String) -> Self {
    Self(
      .siteName, "\"\(text)\" is no domain name, and \(wanted) is wanted", fix: "write it in full, as cs.example.edu")
  }

  static func noLabel(_ text: String, below domain: DomainName) -> Self {
    let label = text.split(separator: ".").first.map(String.init)
    return Self(
      .siteName, "\"\(text)\" is no single label below \(domain)",
      fix: text.contains(".") ? label.map { "write \($0); what stands in a domain is named below it" } : nil)
  }

  static func noAddress(_ text: Bytes, wanted: String) -> Self {
    Self(
      .siteName, "\"\(text.text)\" is no address, and \(wanted) is wanted", fix: "write user@cs.example.edu, in full")
  }

  static func noLocalPart(_ text: String) -> Self {
    Self(
      .siteName, "\"\(text)\" is no name before the @ of an address",
      fix: text.contains("@") ? "write what stands before the @ alone" : nil)
  }

  static func noAccount(_ text: String) -> Self {
    Self(.sitePerson, "\"\(text)\" is no name of an account", fix: "give the mailbox's account: account: name")
  }

  static func noNetwork(_ text: String) -> Self {
    Self(.siteName, "\"\(text)\" is no network", fix: "write 192.0.2.0/24, with no bit set behind the prefix")
  }

  static func unwieldyNetwork(_ network: IPNetwork) -> Self {
    Self(
      .siteName,
      "\(network) takes \(network.prefixCount) entries in a table of sendmail, which knows groups of 16 bits",
      fix: "write networks whose prefix is a multiple of 16, or a little less")
  }

  static func noIPAddress(_ text: String) -> Self { Self(.siteName, "\"\(text)\" is no IP address") }

  static func noAccessEntry(_ key: String) -> Self {
    Self(
      .siteFlow, "\"\(key)\" with that value is no line of an access map",
      fix: "write a key without spaces, such as From:user@example.com, and REJECT, RELAY, OK or ERROR:…")
  }

  static func repeatedName(_ name: String, first: String) -> Self {
    Self(.siteName, "\(name) is \(first) already")
  }

  static func noNameServer(_ name: DomainName, near: DomainName?) -> Self {
    Self(.siteName, "\(name) is no host of the organisation" + (near.map { "; did you mean \($0)?" } ?? ""))
  }

  static func unknownDomain(_ name: DomainName, near: DomainName?) -> Self {
    Self(.siteName, "\(name) is no domain of the organisation" + (near.map { "; did you mean \($0)?" } ?? ""))
  }

  // MARK: hosts

  static func storeForAll() -> Self {
    Self(.siteHost, "`lmtp' is what a single host runs, beside hosts with a mail system", fix: "write it at that host")
  }

  static func storeWithRoles() -> Self {
    Self(.siteHost, "a host that takes mail by LMTP keeps mailboxes and does nothing else", fix: "leave `roles' out")
  }

  static func storeAlone(_ domain: DomainName) -> Self {
    Self(.siteHost, "no host of \(domain) hands mail to its LMTP host", fix: "add a host with sendmail or postfix")
  }

  static func noHosts(_ domain: DomainName) -> Self {
    Self(.siteHost, "\(domain) has no hosts, and none stands above it", fix: "give it `hosts'")
  }

  static func mailboxesAtRelay(_ host: DomainName, below: DomainName, label: String) -> Self {
    Self(
      .siteHost, "\(host) would keep mailboxes and relay for \(below): mailboxes are kept at leaves",
      fix: "give the domain a host for them, \(label): { address: …, system: lmtp }")
  }

  static func repeatedAddress(_ address: IPAddress, of host: DomainName) -> Self {
    Self(.siteHost, "\(address) is the address of \(host) already")
  }

  // MARK: people

  static func forwarderWithoutForward(_ key: String) -> Self {
    Self(.sitePerson, "`\(key)' says how mail is forwarded, and `forward' is missing")
  }

  static func accountWithoutMailbox() -> Self {
    Self(
      .sitePerson, "an account, but all mail is forwarded by an alias",
      fix: "write keep: yes or by: user, or leave `account' out")
  }

  static func unknownPerson(_ address: Bytes, near: String?) -> Self {
    Self(.sitePerson, "nobody is \(address.text)" + (near.map { "; did you mean \($0)?" } ?? ""))
  }

  static func forwardLoop(_ chain: [Bytes]) -> Self {
    Self(.sitePerson, "mail goes round: " + chain.map(\.text).joined(separator: " to "))
  }

  static func repeatedAccount(_ account: Bytes, of address: Bytes) -> Self {
    Self(.sitePerson, "the account \(account.text) is the mailbox of \(address.text) already")
  }

  static func noPostmaster(_ domain: DomainName) -> Self {
    Self(.sitePerson, "\(domain) has no postmaster", fix: "add postmaster: and who reads that mail, to `people'")
  }

  // MARK: what hosts do

  static func loop(_ address: Bytes) -> Self {
    Self(.siteJourney, "mail for \(address.text) goes round between hosts and never arrives")
  }

  static func lost(_ address: Bytes, _ hop: Bytes) -> Self {
    Self(.siteJourney, "mail for \(address.text) goes to \(hop.text), which no host is")
  }

  static func discarded(_ address: Bytes, _ host: DomainName) -> Self {
    Self(.siteJourney, "\(host) takes mail for \(address.text) and throws it away")
  }

  static func refusedByExchanger(_ address: Bytes, _ host: DomainName) -> Self {
    Self(.siteJourney, "\(host) is an MX host of the domain and refuses mail for \(address.text)")
  }

  static func comesBack(_ address: Bytes, _ host: DomainName) -> Self {
    Self(.siteJourney, "mail for \(address.text) is taken and comes back from \(host)")
  }

  static func waits(_ address: Bytes, _ host: Bytes) -> Self {
    Self(.siteJourney, "mail for \(address.text) waits for \(host.text)")
  }

  static func deliveredAtRelay(_ address: Bytes, _ host: DomainName) -> Self {
    Self(.siteJourney, "mail for \(address.text) ends in a mailbox on \(host), which keeps none")
  }

  static func neverReached(_ address: Bytes, _ end: String, start: DomainName) -> Self {
    Self(.siteJourney, "mail for \(address.text) that comes to \(start) does not reach \(end)")
  }

  static func reachesOther(_ address: Bytes, _ end: String, start: DomainName) -> Self {
    Self(
      .siteJourney, "mail for \(address.text) that comes to \(start) reaches \(end), which the site file does not say")
  }

  static func takenForNobody(_ address: Bytes, _ host: DomainName) -> Self {
    Self(.siteJourney, "\(host) takes mail for \(address.text), who is nobody, and sends it back later")
  }

  static func endsForNobody(_ address: Bytes) -> Self {
    Self(.siteJourney, "mail for \(address.text), who is nobody, is not refused")
  }

  static func openRelay(_ host: DomainName, _ recipient: Bytes) -> Self {
    Self(.siteJourney, "\(host) is an open relay: strangers may send to \(recipient.text)")
  }

  static func reachable(_ host: DomainName) -> Self {
    Self(.siteJourney, "\(host) takes mail from strangers, although mail comes in at the top")
  }

  static func cannotSend(_ host: DomainName) -> Self { Self(.siteJourney, "\(host) cannot send mail out") }

  static func otherWayOut(_ host: DomainName, _ wanted: [DomainName]) -> Self {
    Self(
      .siteJourney,
      "mail from \(host) goes out another way than by " + wanted.map(\.description).joined(separator: ", "))
  }

  /// - Parameter place: where it is instead.
  package static func notArrived(_ address: Bytes, _ place: String) -> Self {
    Self(.siteJourney, "mail for \(address.text) did not arrive as the site file says: \(place)")
  }

  // MARK: flow

  static func managedTop() -> Self {
    Self(.siteFlow, "the top is managed by nobody above it: it is autonomous", fix: "leave `kind' out")
  }
}
