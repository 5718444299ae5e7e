// SiteReader+Person.swift: who has an address in a domain.

import Diagnostics
import MailAddress
import Resolver
import YAML

extension SiteReader {
  private static let personKeys = ["account", "also", "forward", "by", "keep"]
  private static let personMeant = ["mailbox": "account", "names": "also", "to": "forward"]
  private static let what = "`mailbox', an address that mail goes to, a list of them, or a person's keys"

  func people(_ node: YAMLNode, of domain: DomainName) -> [Person] {
    (reader.entries(node, "people") ?? []).compactMap { person($0, of: domain) }
  }

  private func person(_ entry: YAMLEntry, of domain: DomainName) -> Person? {
    let name = Bytes(entry.name.utf8)
    guard isLocalPart(name) else {
      reader.fault(.noLocalPart(entry.name), at: entry.key)
      return nil
    }
    var person = Person(name: name, position: entry.key.position)
    switch entry.value.content {
    case .scalar(let scalar) where scalar.text == "mailbox": person.account = account(name, at: entry.key)
    case .scalar, .sequence: person.forward = forward(entry.value, of: domain)
    case .mapping: fill(&person, entry, of: domain)
    }
    return person
  }

  private func fill(_ person: inout Person, _ entry: YAMLEntry, of domain: DomainName) {
    guard let mapping = reader.mapping(entry.value, "a person", keys: Self.personKeys, meant: Self.personMeant) else {
      return
    }
    if let node = mapping["also"] { person.otherNames = otherNames(node) }
    if let node = mapping["forward"] { person.forward = forward(node, of: domain) }
    if let node = mapping["by"], let forwarder: Forwarder = reader.choice(node, "who forwards") {
      if mapping["forward"] == nil { reader.fault(.forwarderWithoutForward("by"), at: node) }
      person.forwarder = forwarder
    }
    if let node = mapping["keep"], let keeps = reader.flag(node, "whether the mailbox gets a copy") {
      if mapping["forward"] == nil { reader.fault(.forwarderWithoutForward("keep"), at: node) }
      person.keepsCopy = keeps
    }
    let hasMailbox = mapping["forward"] == nil || person.keepsCopy || person.forwarder == .user
    if let node = mapping["account"], let name = reader.bytes(node, "the account of the mailbox") {
      if !hasMailbox { reader.fault(.accountWithoutMailbox(), at: node) }
      person.account = account(name, at: node)
    } else if hasMailbox {
      person.account = account(person.name, at: entry.key)
    }
  }

  private func otherNames(_ node: YAMLNode) -> [Stated<Bytes>] {
    reader.texts(node, "a further name, or a list of them").compactMap { written in
      if isLocalPart(written.bytes) { return Stated(written.bytes, written.node) }
      reader.fault(.noLocalPart(written.bytes.text), at: written.node)
      return nil
    }
  }

  /// Names without a domain are of the same one.
  private func forward(_ node: YAMLNode, of domain: DomainName) -> [Stated<Bytes>] {
    if case .sequence(let items) = node.content, items.isEmpty {
      reader.fault(.yamlBadValue("a list of no addresses"), at: node)
    }
    return reader.texts(node, Self.what).compactMap { written in
      if isLocalPart(written.bytes) { return Stated(written.bytes + [.at] + domain.text, written.node) }
      return fullAddress(written.node, "an address that mail goes to").map { Stated($0, written.node) }
    }
  }

  /// As accounts are named: small letters, digits, `.`, `_` and `-`.
  private func account(_ name: Bytes, at node: YAMLNode) -> Bytes? {
    let account = name.lowercased
    let isFit =
      account.count <= 32 && account.allSatisfy { $0.isLetter || $0.isDigit || [.dot, 0x5F, 0x2D].contains($0) }
    if isFit, account.first != 0x2D { return account }
    reader.fault(.noAccount(name.text), at: node)
    return nil
  }
}
