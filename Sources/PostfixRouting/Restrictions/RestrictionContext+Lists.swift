// RestrictionContext+Lists.swift: lists in the DNS of clients and domains (RFC 5782).
//
//     reject_rbl_client list.example       2.2.0.192.list.example
//     reject_rhsbl_sender list.example     domain.of.sender.list.example
//     permit_dnswl_client list.example     the same key, and the opposite answer
//
// Fails: a list that does not answer has no entry; one that would permit defers what
// is refused later.

import MailAddress
import PostfixConfig
import Routing

extension RestrictionContext {
  func rejectListed(_ subject: BlockListSubject, _ list: ListedDomain) -> Verdict {
    guard let (name, label, kind) = listed(subject) else { return .noOpinion }
    guard case .listed(let addresses, let reason) = policy.names.listEntry(name + [.dot] + list.name),
      addresses.contains(where: list.counts)
    else { return .noOpinion }
    let words: [String: Bytes] = [
      "rbl_code": Bytes("\(policy.codes.blockList)".utf8), "rbl_domain": list.name, "rbl_reason": reason,
      "rbl_what": label, "rbl_class": Bytes(kind.rawValue.utf8),
    ]
    do throws(MapList.Failure) {
      let own = try policy.blockListReplies.lookUp(list.name)
      return refuse(by: own?.value ?? policy.blockListReply, words, "5.7.1")
    } catch { return serverError(error.reason) }
  }

  /// A reply by a template; its own code and enhanced code where it begins with them.
  private func refuse(by template: Bytes, _ words: [String: Bytes], _ enhanced: String) -> Verdict {
    let words = words.merging(replyWords) { $1 }
    // Values are not expanded again: a client chose some of them.
    let expansion = ValueExpansion { name in
      words[name].map { $0.flatMap { $0 == .dollar ? [.dollar, .dollar] : [$0] } }
    }
    let text: Bytes
    do throws(ValueExpansion.Failure) { text = try expansion.expand(template) } catch {
      return serverError(error.reason)
    }
    let digits = Bytes(text.prefix(while: \.isDigit))
    guard let code = digits.decimalValue, digits.count == 3, (400...599).contains(code) else {
      trace.note("'\(text.text)' does not begin with a reply code")
      return .reject(policy.replies.reply(450, "4.7.1", Bytes(ascii: "Service unavailable")))
    }
    let (own, rest) = ReplyWriter.split(Bytes(text[digits.count...]).trimmed, usual: enhanced)
    return .reject(policy.replies.reply(code, own, rest))
  }

  /// What a template can name about the session.
  private var replyWords: [String: Bytes] {
    func parts(_ name: String, _ address: Bytes?) -> [String: Bytes] {
      guard let address else { return [:] }
      let (local, domain) = AddressForm.parts(address)
      let none = Bytes(ascii: "<>")
      return [
        name: address.isEmpty ? none : address, "\(name)_name": address.isEmpty ? none : local,
        "\(name)_domain": domain ?? [],
      ]
    }
    let client: [String: Bytes] = [
      "client": clientLabel, "client_address": self.client.address, "client_name": clientName,
      "reverse_client_name": self.client.reverseName ?? Self.unknown, "helo_name": self.client.helo ?? [],
    ]
    return client.merging(parts("sender", sender)) { $1 }.merging(parts("recipient", recipient)) { $1 }
  }

  /// Permits, but not what reject_unauth_destination would refuse.
  func permitListed(_ subject: AllowListSubject, _ list: ListedDomain) -> Verdict {
    guard let (name, _, _) = listed(subject == .client ? .client : .clientName) else { return .noOpinion }
    if authorizedDestination({ _ in .reject(Reply(554, nil, "")) }).refusal != nil { return .noOpinion }
    switch policy.names.listEntry(name + [.dot] + list.name) {
    case .listed(let addresses, _): return addresses.contains(where: list.counts) ? .permit : .noOpinion
    case .notListed: return .noOpinion
    case .temporaryFailure:
      if softening == nil {
        softening = refuse(
          450, "4.7.1", self.client.address, .client, "Allowlist lookup error for \(list.name.text)")
      }
      return .noOpinion
    }
  }

  private func listed(_ subject: BlockListSubject) -> (name: Bytes, label: Bytes, kind: Subject)? {
    func domain(_ address: Bytes?, _ kind: Subject) -> (Bytes, Bytes, Subject)? {
      guard let address, let domain = AddressForm.parts(address).domain else { return nil }
      return (domain, address, kind)
    }
    switch subject {
    case .client:
      guard let octets = Network.octets(client.address) else { return nil }
      return (Self.reversed(octets), client.address, .client)
    case .clientName: return client.nameState == .verified ? client.name.map { ($0, $0, .client) } : nil
    case .reverseName: return client.reverseName.map { ($0, $0, .reverseClient) }
    case .helo: return client.helo.map { ($0, $0, .helo) }
    case .sender: return domain(sender, .sender)
    case .recipient: return domain(recipient, .recipient)
    }
  }

  /// `192.0.2.1` as `1.2.0.192`, IPv6 by half bytes.
  private static func reversed(_ octets: Bytes) -> Bytes {
    let parts =
      octets.count == 4
      ? octets.map { String($0) }
      : octets.flatMap { [String($0 >> 4, radix: 16), String($0 & 15, radix: 16)] }
    return Bytes(parts.reversed().joined(separator: ".").utf8)
  }
}
