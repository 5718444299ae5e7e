// MailFilters.swift: X lines and InputMailFilters to smtpd_milters.
//
//     Xclam, S=local:/run/clam.sock, F=T, T=C:1m;R:4m
//     O InputMailFilters=clam
//
//     smtpd_milters = { unix:/run/clam.sock, default_action=tempfail, connect_timeout=1m, … }
//
// A filter that fails is passed over in sendmail unless F= says what to do; Postfix puts
// the mail off unless told, so that the action is always written.

import SendmailCF

/// One X line.
struct MailFilterLine {
  var name: String
  /// As Postfix names the socket; nil where the line names none that it knows.
  var socket: String?
  var action = "accept"
  /// What T= sets, by Postfix's names.
  var timeouts: [(name: String, value: String)] = []

  init(_ text: String) {
    let fields = text.split(separator: ",").map { String($0).trimmed }
    name = fields.first ?? ""
    for field in fields.dropFirst() {
      guard let (letter, value) = field.cut("=") else { continue }
      switch letter.trimmed.prefix(1) {
      case "S": socket = Self.socket(value.trimmed)
      case "F": action = ["R": "reject", "T": "tempfail", "4": "tempfail"][value.trimmed] ?? "accept"
      case "T": timeouts = Self.timeouts(value)
      default: continue
      }
    }
  }

  /// `inet:port@host`, `local:path`, `unix:path`.
  private static func socket(_ text: String) -> String? {
    guard let (kind, rest) = text.cut(":"), !rest.isEmpty else { return nil }
    switch kind.folded {
    case "local", "unix": return "unix:" + rest
    case "inet", "inet6":
      guard let (port, host) = rest.cut("@"), !host.isEmpty else { return nil }
      return "inet:\(host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host):\(port)"
    default: return nil
    }
  }

  /// Connecting, one answer, the whole end of the message; sending has no time of its own.
  private static func timeouts(_ text: String) -> [(name: String, value: String)] {
    let names: [String: String] = ["C": "connect_timeout", "R": "command_timeout", "E": "content_timeout"]
    return text.split(separator: ";").compactMap { part in
      guard let (letter, value) = String(part).trimmed.cut(":"), let name = names[letter.trimmed],
        let time = OptionValue.seconds(value.trimmed)
      else { return nil }
      return (name, time)
    }
  }

  /// As a list of filters holds it.
  func word(_ socket: String) -> String {
    let settings = [("default_action", action)] + timeouts
    return "{ " + ([socket] + settings.map { "\($0.0)=\($0.1)" }).joined(separator: ", ") + " }"
  }
}

extension Builder {
  func mailFilters() {
    guard let (value, origin) = facts.option("InputMailFilters") else { return }
    let lines = facts.cf.lines.compactMap { line -> (MailFilterLine, Provenance)? in
      guard case .mailFilter(let units) = line.content else { return nil }
      return (MailFilterLine(facts.text(units)), Provenance("X line", at: line.position))
    }
    var words: [ValueWord] = []
    var isWhole = true
    for name in value.split(whereSeparator: { $0 == "," || $0 == ";" || $0.isBlank }).map(String.init) {
      guard let (filter, place) = lines.first(where: { $0.0.name == name }), let socket = filter.socket else {
        isWhole = false
        continue
      }
      words.append(ValueWord(filter.word(socket), place))
    }
    guard !words.isEmpty else { return }
    set("smtpd_milters", words, .restrictions, [origin])
    set("non_smtpd_milters", "$smtpd_milters", .restrictions, .standard("mail of this host is filtered, too"))
    let verdict: Verdict = isWhole ? .approximate : .manual
    let reason =
      isWhole
      ? "In the same order; a filter sees Postfix's macros and {v}." : "Not every filter names a socket Postfix knows."
    note(.option("InputMailFilters"), verdict, "smtpd_milters, non_smtpd_milters", reason)
    for word in ["INPUT_MAIL_FILTER", "MAIL_FILTER"] {
      note(.word(word), verdict, "smtpd_milters, non_smtpd_milters", reason)
    }
  }

  /// The row of an X line.
  func mailFilterAnswer(_ text: String) -> (Verdict, String, String) {
    let filter = MailFilterLine(text)
    let isUsed = side.setting("smtpd_milters")?.words.contains { word in
      filter.socket.map { word.text.hasPrefix("{ \($0), ") } ?? false
    }
    if isUsed == true { return (.exact, "smtpd_milters", "") }
    return (
      filter.socket == nil ? .manual : .none, "smtpd_milters",
      filter.socket == nil
        ? "The socket is none Postfix knows; name it there as inet:HOST:PORT or unix:PATH."
        : "InputMailFilters does not name it: no mail passes it."
    )
  }
}
