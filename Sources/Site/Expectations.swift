// Expectations.swift: where the site file says that mail for somebody ends.
//
// It is worked out from the people alone, without hosts in between, so that it can be held
// against what the hosts' configurations do.

import MailAddress
import Resolver

/// An end that somebody wanted.
package enum WantedEnd: Sendable, Hashable {
  case mailbox(host: DomainName, account: Bytes)
  /// An address outside of the organisation.
  case address(Bytes)
}

extension Organisation {
  /// Where mail for an address ends; empty where nobody has it.
  package func wantedEnds(of address: Bytes) -> Set<WantedEnd> {
    var ends: Set<WantedEnd> = []
    var seen: Set<Bytes> = []
    collect(address, &ends, &seen)
    return ends
  }

  private func collect(_ address: Bytes, _ ends: inout Set<WantedEnd>, _ seen: inout Set<Bytes>) {
    guard seen.insert(address.lowercased).inserted else { return }
    let parts = AddressForm.parts(address)
    guard let index = parts.domain.flatMap({ DomainName($0) }).flatMap(index(of:)) else {
      ends.insert(.address(address))
      return
    }
    guard let person = person(at: address)?.person else {
      let isPostmaster = parts.local.equalsIgnoringCase(Bytes(ascii: "postmaster"))
      if isPostmaster, let other = postmaster(of: index) { collect(other, &ends, &seen) }
      return
    }
    for forward in person.forward { collect(forward.value, &ends, &seen) }
    if let account = person.account, person.forward.isEmpty || person.keepsCopy,
      let store = server(of: index).flatMap({ domains[$0].mailboxHost })
    {
      ends.insert(.mailbox(host: store.name, account: account))
    }
  }
}

extension Journey {
  /// The end that it is, where somebody may have wanted it.
  var wantedEnd: WantedEnd? {
    switch end {
    case .mailbox(let account): last.map { .mailbox(host: $0, account: account) }
    case .store(let host, let account): .mailbox(host: host, account: account)
    case .left(_, let recipient): .address(recipient)
    default: nil
    }
  }
}

extension WantedEnd {
  /// In words, for reports.
  package var summary: String {
    switch self {
    case .mailbox(let host, let account): "the mailbox of \(account.text) on \(host)"
    case .address(let address): address.text
    }
  }
}
