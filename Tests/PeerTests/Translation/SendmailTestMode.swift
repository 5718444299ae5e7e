// SendmailTestMode.swift: what the real sendmail does with an envelope, asked in its
// test mode.
//
// For one envelope: check_relay with the client's name and address, check_mail with
// the sender, check_rcpt with the recipient, then where the recipient goes (3,0).
// All envelopes go through one run; each command gives one prompt, by which the
// output is divided.

import Foundation
import TestSupport
import Testing

/// One envelope with one recipient.
struct TranslationEnvelope: Sendable, CustomStringConvertible {
  var address = "198.51.100.77"
  var name = "host.far.example"
  var sender = "user@far.example"
  var recipient: String

  init(
    _ recipient: String, from sender: String = "user@far.example",
    by client: (String, String)? = nil
  ) {
    self.recipient = recipient
    self.sender = sender
    if let client { (address, name) = client }
  }

  var description: String { "\(name) [\(address)] <\(sender)> to <\(recipient)>" }
}

/// How an envelope ends, in terms both systems have.
enum TranslationAnswer: Equatable, CustomStringConvertible {
  case refused(Int)
  /// Taken, and sent back later.
  case bounced
  case discarded
  case held
  case local(user: String)
  case remote(host: String)

  var description: String {
    switch self {
    case .refused(let code): "refused \(code)"
    case .bounced: "bounced"
    case .discarded: "discarded"
    case .held: "held"
    case .local(let user): "local \(user)"
    case .remote(let host): "to \(host)"
    }
  }
}

extension String {
  fileprivate func cut(after mark: Character) -> String? {
    lastIndex(of: mark).map { String(self[index(after: $0)...]) }
  }
}

extension TranslationAnswer {
  /// The name that ruleset 5 is asked about.
  fileprivate var localName: String? { if case .local(let user) = self { user } else { nil } }

  /// `user` where ruleset 5 says to look for user+* first.
  fileprivate var plussed: String? {
    localName.flatMap { $0.hasSuffix("+*") ? String($0.dropLast(2)) : nil }
  }
}

struct SendmailTestMode {
  let site: TranslatedSite

  /// - Parameter names: domains that exist, besides those of the senders.
  func answers(_ envelopes: [TranslationEnvelope], resolving names: Set<String> = []) throws
    -> [TranslationAnswer]
  {
    try site.prepareSendmail(
      resolving: names.union(envelopes.compactMap { $0.sender.cut(after: "@") }))
    let mailers = Set(site.configuration.mailers.map { String(decoding: $0.name, as: UTF8.self) })
    let first = try ask(envelopes.map(commands)).map { Self.answer($0, mailers) }
    return try afterAliases(first)
  }

  /// Local users as ruleset 5 has them in the end: it is asked of names that are no
  /// aliases, and again without +detail where it says so.
  private func afterAliases(_ answers: [TranslationAnswer]) throws -> [TranslationAnswer] {
    var names = Set(answers.compactMap(\.localName))
    var found: [String: TranslationAnswer] = [:]
    while !names.isEmpty {
      let asked = names.sorted()
      for (name, steps) in zip(asked, try ask(asked.map { ["localaddr \($0)"] })) {
        found[name] = Self.local(steps, name)
      }
      names = Set(found.values.compactMap(\.plussed)).subtracting(found.keys)
    }
    return answers.map { answer in
      guard let name = answer.localName, let other = found[name] else { return answer }
      guard let base = other.plussed, let last = found[base] else { return other }
      if case .local = last { return answer }
      return last
    }
  }

  private static func local(_ steps: [(command: String, output: String)], _ name: String)
    -> TranslationAnswer
  {
    let line = steps.first?.output.split(separator: "\n").last {
      $0.hasPrefix("localaddr ") && $0.contains(" returns: ")
    }
    guard let text = line?.components(separatedBy: " returns: ").last, text.contains("$#") else {
      return .local(user: name)
    }
    return read(text, isRoute: true) ?? .local(user: name)
  }

  /// One run; for each list of commands, each with what came of it.
  private func ask(_ commands: [[String]]) throws -> [[(command: String, output: String)]] {
    let input = commands.flatMap { $0 }.joined(separator: "\n") + "\n"
    let run = try Peer.sendmail.runOnHost(
      site.host, ["-C", site.folder.path + "/sendmail.cf", "-bt"], input: Array(input.utf8))
    var outputs = TestModeOutput.byPrompt(run.output)[...]
    try #require(outputs.count >= commands.reduce(0) { $0 + $1.count }, "\(run)")
    return commands.map { commands in
      let own = Array(outputs.prefix(commands.count))
      outputs = outputs.dropFirst(commands.count)
      return zip(commands, own).map { (command: $0, output: $1) }
    }
  }

  /// In the order of an SMTP session: where an address leads is known before it is checked.
  private func commands(_ envelope: TranslationEnvelope) -> [String] {
    [
      ".D{client_addr}\(envelope.address)", ".D{client_name}\(envelope.name)",
      ".D{client_resolve}OK",
      ".Df\(envelope.sender)", ".D{mail_from}\(envelope.sender.isEmpty ? "<>" : envelope.sender)",
      "pair,check_relay \(envelope.name) $| \(envelope.address)",
      "3,0 \(envelope.sender)", "check_mail <\(envelope.sender)>",
      "3,0 \(envelope.recipient)", "check_rcpt <\(envelope.recipient)>",
    ]
  }

  private static func answer(
    _ steps: [(command: String, output: String)], _ mailers: Set<String>
  ) -> TranslationAnswer {
    var last = TranslationAnswer.refused(0)
    // What is held or dropped still has to be accepted, and what the sender is does not
    // matter where it leads to no error.
    var kept: TranslationAnswer?
    var hasSender = false
    for (command, output) in steps where !command.hasPrefix(".") {
      if command.hasPrefix("check_mail") { hasSender = true }
      guard let line = output.split(separator: "\n").last(where: { $0.contains(" returns: ") }),
        let text = line.components(separatedBy: " returns: ").last
      else { continue }
      let isRoute = command.hasPrefix("3,0")
      if isRoute, let mailer = mailer(text), mailer != "error", !mailers.contains(mailer) {
        // "unknown mailer": a session says so when it is given the address.
        return .refused(554)
      }
      guard let answer = read(text, isRoute: isRoute) else { continue }
      switch answer {
      case .held: kept = kept ?? .held
      case .discarded: kept = .discarded
      case .local, .remote: if hasSender { last = answer }
      default: return answer
      }
    }
    return kept ?? last
  }

  private static func mailer(_ text: String) -> String? {
    text.components(separatedBy: "$# ").dropFirst().last?.split(separator: " ").first.map(String.init)
  }

  /// The triple of a result; nil where a check has nothing against it.
  private static func read(_ text: String, isRoute: Bool) -> TranslationAnswer? {
    let parts =
      text.components(separatedBy: "$# ").last.map { text.contains("$# ") ? $0 : "" } ?? ""
    let mailer = parts.split(separator: " ").first.map(String.init) ?? ""
    let user = parts.components(separatedBy: "$: ").dropFirst().joined(separator: "$: ")
    let host =
      parts.components(separatedBy: "$@ ").dropFirst().first?.components(separatedBy: " $: ").first
      ?? ""
    switch mailer {
    case "error" where host.hasPrefix("quarantine"): return .held
    case "error":
      let first = user.replacingOccurrences(of: "\"", with: "").split(separator: " ").first
      let code = first.flatMap { $0.count == 3 ? Int($0) : nil }
      // A session says 553 then, as ErrorText has it.
      return .refused(code ?? Self.codeOfTexts)
    case "discard": return .discarded
    case "": return nil
    case "local" where isRoute: return .local(user: squeezed(user))
    case _ where isRoute: return .remote(host: first(of: squeezed(host)))
    default: return nil
    }
  }

  /// The reply to a refusal whose text begins with no code.
  static let codeOfTexts = 553

  /// Of several hosts to be tried in turn.
  private static func first(of hosts: String) -> String {
    hosts.hasPrefix("[") ? hosts : hosts.split(separator: ":").first.map(String.init) ?? hosts
  }

  private static func squeezed(_ text: String) -> String {
    let plain = text.replacingOccurrences(of: " ", with: "")
    return plain.hasSuffix(".") ? String(plain.dropLast()) : plain
  }
}
