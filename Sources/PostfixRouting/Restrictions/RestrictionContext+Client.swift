// RestrictionContext+Client.swift: restrictions about the client and its greeting.

import MailAddress
import PostfixConfig
import Routing

extension RestrictionContext {
  func permitNetworks() -> Verdict {
    switch policy.networks.contains(name: clientName, address: client.address) {
    case .yes: return .permit
    case .no: return .noOpinion
    case .temporaryFailure(let reason): return lookupFailure(clientLabel, reason)
    }
  }

  func permitInterfaces() -> Verdict {
    guard let octets = Network.octets(client.address) else { return .noOpinion }
    return policy.classes.addresses.contains(octets) ? .permit : .noOpinion
  }

  func rejectUnknownClient() -> Verdict {
    switch client.nameState {
    case .verified: return .noOpinion
    case .unknown: return rejectClient(policy.codes.unknownClient, "cannot find your hostname")
    case .temporaryFailure: return rejectClient(450, "cannot find your hostname")
    }
  }

  func rejectUnknownReverseClient() -> Verdict {
    if client.reverseName != nil { return .noOpinion }
    let code = client.nameState == .temporaryFailure ? 450 : policy.codes.unknownClient
    return rejectClient(code, "cannot find your reverse hostname")
  }

  private func rejectClient(_ code: Int, _ text: String) -> Verdict {
    let reason = Bytes("Client host rejected: \(text), ".utf8) + [.openBracket] + client.address + [.closeBracket]
    return .reject(policy.replies.reply(code, "5.7.25", reason))
  }

  // MARK: greeting

  private var isLiteralHelo: Bool { client.helo?.first == .openBracket }

  func rejectInvalidHelo() -> Verdict {
    guard let helo = client.helo else { return .noOpinion }
    if isLiteralHelo { return rejectBadLiteral(helo) }
    let name = Self.withoutDot(helo)
    let isValid = HostName.isValid(name) || Network.octets(name) != nil
    return isValid ? .noOpinion : refuse(policy.codes.invalidName, "5.5.2", helo, .helo, "Invalid name")
  }

  func rejectUnqualifiedHelo() -> Verdict {
    guard let helo = client.helo else { return .noOpinion }
    if isLiteralHelo { return rejectBadLiteral(helo) }
    let name = Self.withoutDot(helo)
    let isWhole = HostName.isValid(name) && name.contains(.dot)
    return isWhole
      ? .noOpinion : refuse(policy.codes.unqualified, "5.5.2", helo, .helo, "need fully-qualified hostname")
  }

  private func rejectBadLiteral(_ helo: Bytes) -> Verdict {
    HostName.isLiteral(helo)
      ? .noOpinion : refuse(policy.codes.invalidName, "5.5.2", helo, .helo, "invalid ip address")
  }

  func rejectUnknownHelo() -> Verdict {
    guard let helo = client.helo, !isLiteralHelo else { return .noOpinion }
    // A name with a dot at its end is none that Postfix would ask for.
    switch helo.last == .dot ? .noSuchName : policy.names.host(helo) {
    case .exists, .nullMX: return .noOpinion
    case .noSuchName: return refuse(policy.codes.unknownHostName, "4.7.1", helo, .helo, "Host not found")
    case .temporaryFailure:
      return deferIfPermit(.cannotSay(policy.replies.refuse(450, "4.7.1", helo, .helo, "Host not found")))
    }
  }

  static func withoutDot(_ name: Bytes) -> Bytes {
    name.last == .dot ? Bytes(name.dropLast()) : name
  }
}
