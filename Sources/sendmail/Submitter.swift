// Submitter.swift: who hands a message over, and what the command line says of it.
//
//     -f, or the login ─► sender        -F, NAME, or /etc/passwd ─► full name
//     not trusted ─► X-Authentication-Warning

import MTA
import MailAddress
import Posix
import Routing

extension SendmailCommand {
  var user: UserAccount { UserAccount.current }

  /// As `-f` has it, or the user who calls; what is no address of a sender is told of.
  func sender(_ configuration: LoadedConfiguration, _ outcome: inout Outcome) -> Bytes {
    guard let given = invocation.sender else { return Bytes(user.name.utf8) }
    if given.isEmpty || given == Bytes(ascii: "<>") { return [] }
    if let problem = senderProblem(given, configuration) {
      outcome.isMalformed(given, problem)
      return Bytes(user.name.utf8)
    }
    return SubmittedMessage.addresses(given).first ?? []
  }

  private func senderProblem(_ given: Bytes, _ configuration: LoadedConfiguration) -> Bytes? {
    if configuration.isPostfix { return nil }
    let bare = given.first == 0x22 ? given.dropFirst() : given[...]
    if ["|", "/", ":include:"].contains(where: { bare.starts(with: $0.utf8) }) {
      return Bytes(ascii: "Invalid sender address")
    }
    let reply = configuration.answer(recipients: [given]).recipients.first?.decision.refusal
    return reply.flatMap { ExitStatus(reply: $0) == .usage ? $0.text : nil }
  }

  /// `-F`, NAME, or what /etc/passwd says; `&` stands for the user's name there.
  private var fullName: Bytes {
    if let given = invocation.fullName { return given }
    if let name = variable("NAME") { return Bytes(name.utf8) }
    var result: Bytes = []
    for byte in user.comment.prefix(while: { $0 != .comma }) {
      if byte == 0x26 {
        var name = Bytes(user.name.utf8)
        if let first = name.first, first.isLetter { name[0] = first & 0x5F }
        result += name
      } else {
        result.append(byte)
      }
    }
    return result
  }

  func submission(_ configuration: LoadedConfiguration) -> Submission {
    var submission = Submission(login: Bytes("\(user.name)@localhost".utf8), fullName: fullName)
    submission.hops = invocation.hops
    submission.warnings = warnings(configuration)
    submission.body = invocation.body
    let mode = option("DeliveryMode", configuration)?.utf8.first ?? 0x62
    submission.mode =
      isVerbose(configuration) ? .interactive : Submission.Mode(rawValue: mode | 0x20) ?? .background
    if invocation.mode != .smtp {
      submission.refusals = mailsRefusals(configuration) ? .mailed : .told
    }
    return submission
  }

  /// Postfix takes what its sendmail command is given, and returns what it cannot deliver; sendmail
  /// returns it where it was asked to, and where the recipients are those of the header.
  func mailsRefusals(_ configuration: LoadedConfiguration) -> Bool {
    let mode = errorMode(configuration)
    return configuration.isPostfix || "mew".utf8.contains(mode) || (mode == 0x70 && invocation.takesHeaderRecipients)
  }

  func isVerbose(_ configuration: LoadedConfiguration) -> Bool {
    invocation.isVerbose || invocation.options.contains { $0.name == "Verbose" && isOn($0.value.text) }
  }

  func errorMode(_ configuration: LoadedConfiguration) -> UInt8 {
    option("ErrorMode", configuration)?.lowercased().utf8.first ?? 0x70
  }

  /// What the .cf wants noted of users who are not trusted.
  private func warnings(_ configuration: LoadedConfiguration) -> [Bytes] {
    let flags = (option("PrivacyOptions", configuration) ?? "").lowercased()
    guard flags.contains("authwarnings") || flags.contains("goaway"), user.account.user != 0,
      !configuration.trusts(Bytes(user.name.utf8))
    else { return [] }
    let host = configuration.name.text
    var result: [String] = []
    if let path = invocation.configuration { result.append("Processed by \(user.name) with -C \(path)") }
    if invocation.mode == .smtp { result.append("\(user.name) owned process doing -bs") }
    if let sender = invocation.sender, sender != Bytes(user.name.utf8) {
      result.append("\(user.name) set sender to \(sender.isEmpty ? "<>" : sender.text) using -f")
    }
    return result.map { Bytes("\(host): \($0)".utf8) }
  }
}

/// `t…`, `T…`, `y…` and nothing are yes, as in a .cf.
func isOn(_ value: String?) -> Bool {
  guard let value else { return false }
  return value.first.map { "tTyY".contains($0) } ?? true
}
