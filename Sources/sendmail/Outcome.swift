// Outcome.swift: what is told of a submission, and the status that it ends with.
//
//     nosuch... User unknown
//     a@b.example... Connecting to b.example via esmtp...
//     a@b.example... Deferred: Connection refused
//
// Statuses are sendmail's: 67 for an unknown user, 68 for a host, 75 for later.

import MTA
import MailAddress
import Posix
import Routing
import SMTP

struct Outcome {
  let isQuiet: Bool
  /// Problems are told with their codes (`-ba`).
  var showsCodes = false
  let tell: (String) -> Void
  private(set) var status = ExitStatus.ok
  private(set) var hasRefused = false

  init(isQuiet: Bool, tell: @escaping (String) -> Void = { say($0) }) { (self.isQuiet, self.tell) = (isQuiet, tell) }

  mutating func refused(_ recipient: Bytes, _ reply: Reply) {
    hasRefused = hasRefused || !reply.isTransient
    report(recipient, reply)
  }

  private mutating func report(_ recipient: Bytes, _ reply: Reply) {
    note(isAliasLoop(reply.text) ? .usage : ExitStatus(reply: reply))
    let code = showsCodes ? "\(reply.code) \(reply.enhancedCode.map { $0 + " " } ?? "")" : ""
    // Lines of the ARPANET end in CR LF.
    if !isQuiet { tell(code + problemLine(recipient, reply.text) + (showsCodes ? "\r" : "")) }
  }

  /// What is wrong with an address, though it may be used all the same.
  mutating func isMalformed(_ address: Bytes, _ problem: Bytes) {
    report(address, Reply(553, "5.1.3", problem))
  }

  mutating func attempted(_ report: AttemptReport) {
    if report.kind == .failed { note(ExitStatus(code: 550, enhanced: report.status.text)) }
  }

  private mutating func note(_ new: ExitStatus) {
    // What is over for good says more than what may still go well.
    if status == .ok || status == .temporaryFailure { status = new }
  }
}

/// How attempts ended, those that went together in one line.
func attemptLines(_ reports: [AttemptReport]) -> [String] {
  var groups: [[AttemptReport]] = []
  for report in reports {
    let index = groups.firstIndex { group in
      group[0].mailer == report.mailer && group[0].host == report.host && !report.host.isEmpty
    }
    if let index { groups[index].append(report) } else { groups.append([report]) }
  }
  return groups.flatMap { group -> [String] in
    let first = group[0]
    let place = first.host.isEmpty ? first.mailer.text : "\(first.host.text) via \(first.mailer.text)"
    let names = group.map(\.recipient.text)
    let isTogether = group.allSatisfy { $0.text == first.text }
    let ends = isTogether ? ["\(names.joined(separator: ","))... \(first.text.text)"] : group.map(line)
    return (first.mailer.isEmpty ? [] : ["\(names.joined(separator: ","))... Connecting to \(place)..."]) + ends
  }
}

private func line(_ report: AttemptReport) -> String { "\(report.recipient.text)... \(report.text.text)" }

private func isAliasLoop(_ text: Bytes) -> Bool { text.starts(with: "aliasing/forwarding loop broken".utf8) }

/// `nosuch... User unknown`; the engine's words may name the address already.
func problemLine(_ address: Bytes, _ text: Bytes) -> String {
  let bare = text.text
  // No single address is at fault.
  if isAliasLoop(text) { return bare }
  if address.isEmpty { return bare.hasPrefix("<>... ") ? bare : "<>... \(bare)" }
  for beginning in ["<\(address.text)>... ", "\(address.text)... "] where bare.hasPrefix(beginning) {
    return "\(address.text)... " + bare.dropFirst(beginning.count)
  }
  return "\(address.text)... \(bare)"
}

extension ExitStatus {
  /// sendmail's status for what a server answered.
  init(reply: Reply) { self.init(code: reply.code, enhanced: reply.enhancedCode ?? "") }

  init(code: Int, enhanced: String) {
    if (400..<500).contains(code) {
      self = .temporaryFailure
      return
    }
    let parts = enhanced.split(separator: ".")
    guard parts.count == 3, parts[0] == "5" else {
      self = code == 501 || code == 553 ? .usage : .unavailable
      return
    }
    self =
      switch (parts[1], parts[2]) {
      case ("1", "1"), ("1", "6"): .noUser
      case ("1", "2"), ("4", "4"): .noHost
      case ("1", _), ("7", "1"): .usage
      case ("5", _): .protocolError
      case ("6", _): .dataError
      case ("3", "5"): .configuration
      default: code == 501 || code == 553 ? .usage : .unavailable
      }
  }
}
