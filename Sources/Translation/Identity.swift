// Identity.swift: the host's own names.
//
// sendmail finds its name out at its start and puts it, its short form and the
// names of its interfaces into class w; Postfix has $myhostname. Where the site
// says its name (confDOMAIN_NAME), or the caller knows it, tables can hold it; where
// nobody knows it, $myhostname in main.cf stands for it.

import SendmailCF

extension Builder {
  /// The full name, where it is known.
  var fullName: String? {
    if let given = facts.macro("j"), !given.value.contains("$") { return given.value.folded }
    guard let host = facts.hostName?.folded, !host.isEmpty else { return nil }
    guard let given = facts.macro("j")?.value else { return host }
    return given.replacing("$w", by: host.cut(".")?.before ?? host).folded
  }

  /// The domain of the host, `$m`: of the name that the host gives itself, whatever
  /// confDOMAIN_NAME says; where that name is not known, of `$j`.
  var ownDomain: String? {
    if let given = facts.macro("m"), !given.value.contains("$") { return given.value.folded }
    return (facts.hostName?.folded ?? fullName)?.cut(".")?.after
  }

  /// The same where a parameter may stand for what is not known: in main.cf.
  var fullNameInMain: String { fullName ?? "$myhostname" }
  var ownDomainInMain: String { ownDomain ?? "$mydomain" }

  func translateIdentity() {
    let given = facts.macro("j")
    set("compatibility_level", "3.6", .identity, .standard("Postfix's own defaults as of 3.6"))
    if let name = fullName {
      set("myhostname", name, .identity, given?.origin ?? Provenance("the host's name, $j"))
    } else {
      noteDefault(
        "the host's own name", .approximate, "myhostname",
        "Postfix finds it out as sendmail does; tables cannot name it. Give --host for that.")
    }
    if given != nil { note(.macro("j"), .exact, "myhostname") }
    if let domain = facts.macro("m"), let own = ownDomain {
      set("mydomain", own, .identity, domain.origin)
      note(.macro("m"), .exact, "mydomain")
    }
    set("myorigin", "$myhostname", .identity, .standard("bare addresses get $j"))
    collectOwnNames()
  }

  private func collectOwnNames() {
    if let name = fullName {
      ownNames.append(
        .init(word: name, origin: facts.macro("j")?.origin ?? Provenance("the host's name")))
    }
    for name in namesOfHost where !isOwn(name) {
      ownNames.append(.init(word: name, origin: .standard("the names the host gives itself are in class w")))
    }
    for member in facts.members("w") where !ownNames.contains(where: { $0.word == member.word }) {
      ownNames.append(member)
    }
  }

  /// From the hosts file where it names the host. Without the host's name, `$j` is what
  /// sendmail most likely has.
  private var namesOfHost: [String] {
    guard let name = facts.hostName?.folded ?? fullName, !name.isEmpty else { return [] }
    let names = HostNames.words(of: name.bytes, hosts: facts.source.hostsFile).map { String(bytes: $0) }
    return names.filter(SiteFacts.isName)
  }

  func isOwn(_ domain: String) -> Bool { ownNames.contains { $0.word == domain } }

  /// The own names that are domains, not address literals.
  var ownDomains: [SiteFacts.Member] { ownNames.filter { !$0.word.hasPrefix("[") } }
}
