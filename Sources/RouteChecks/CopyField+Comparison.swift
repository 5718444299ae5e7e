// CopyField+Comparison.swift: what a copy has in a field, and whether that is what was wanted.
//
// Host names and domains are alike in any case of letters and with or without a dot at the
// end, local parts are not; quotes that an address could do without do not matter.

import MailAddress
import Routing

extension CopyField {
  /// What the copy has there; nil where it has no such thing.
  func value(of delivery: Delivery) -> Bytes? {
    switch self {
    case .mailer: return delivery.resolution.transport
    case .host: return delivery.resolution.host
    case .user: return delivery.resolution.user
    case .sender: return delivery.sender
    case .recipient: return delivery.recipient
    case .headerFrom: return delivery.headers?.sender
    case .headerTo: return delivery.headers?.recipient
    case .mailbox: if case .mailbox(let user, _) = delivery.destination { return user }
    case .program: if case .program(let command) = delivery.destination { return command }
    case .file: if case .file(let path) = delivery.destination { return path }
    case .bounce: if case .bounce(let reply) = delivery.destination { return reply.line }
    }
    return nil
  }

  func isMet(_ wanted: Bytes, by delivery: Delivery) -> Bool {
    guard let value = value(of: delivery) else { return false }
    switch self {
    case .mailer, .mailbox: return value.equalsIgnoringCase(wanted)
    case .host: return Self.hostName(value) == Self.hostName(wanted)
    case .user, .sender, .recipient, .headerFrom, .headerTo: return Self.address(value) == Self.address(wanted)
    case .program, .file: return value == wanted
    // The codes, and as many of the words as were written.
    case .bounce: return value.lowercased.hasPrefix(wanted.lowercased)
    }
  }

  private static func hostName(_ name: Bytes) -> Bytes {
    name.last == .dot ? Bytes(name.dropLast()).lowercased : name.lowercased
  }

  static func address(_ address: Bytes) -> Bytes {
    guard let (local, domain) = AddressForm.unquoted(address).split(atLast: .at) else { return address }
    return local + [.at] + hostName(domain)
  }
}

extension Delivery {
  /// Its final recipient as an alias file would write it: a user, an address, a program or a file.
  var aliasForm: Bytes {
    switch destination {
    case .mailbox(let user, _): user
    case .program(let command): Bytes(ascii: "|") + command
    case .file(let path): path
    case .remote, .agent: recipient
    case .bounce, .deferred, .nowhere: Bytes(AnswerText.words(destination).utf8)
    }
  }

  /// What it is, in the words that a test would use.
  var shown: String {
    "\(AnswerText.words(destination)) (mailer \(resolution.transport.text), host \(resolution.host.text), user \(resolution.user.text))"
  }
}
