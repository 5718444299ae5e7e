// ClientContexts.swift: who is connected when a check is asked, as macros.
//
// The checks look at the client's address and name, at whether the name was found, at
// the sender, the flags of the daemon, and what authentication and TLS have shown.
// Each context sets some of these; the others are empty.

enum ClientContexts {
  /// The macros of a context, by name.
  typealias Context = [String: String]

  static let all: [Context] = [
    [:],
    client("192.0.2.77", "stranger.example.net", sender: "sender@known.example.com").adding([
      "s": "stranger.example.net", "{addr_type}": "e r",
    ]),
    client("127.0.0.1", "localhost", sender: "root", flags: "a"),
    client("10.1.2.3", "h1.rel.example", sender: "<john@mail.example.org>", flags: "c u"),
    client(
      "10.1.2.3", "h1.rel.example", sender: "<joe@bad.example>", flags: "f", resolve: "FORGED"),
    client("10.9.9.9", "[10.9.9.9]", sender: "<>", flags: "r", resolve: "FAIL"),
    client("10.9.9.8", "[10.9.9.8]", sender: "x@rel.example", resolve: "TEMP"),
    client("IPv6:2001:db8::5", "six.example.net", sender: "x@resolves.example"),
    client("198.51.100.7", "roam.example.net", sender: "x@y.example").adding([
      "{auth_type}": "PLAIN", "{auth_authen}": "john", "{auth_author}": "john", "{auth_ssf}": "0",
    ]),
    client("198.51.100.8", "tls.example.net", sender: "x@y.example").adding([
      "{verify}": "OK", "{cert_issuer}": "/C=US/CN=CA",
      "{cert_subject}": "/C=US/CN=tls.example.net",
      "{cn_subject}": "tls.example.net", "{cn_issuer}": "CA", "{cipher_bits}": "256",
      "{server_name}": "tls.example.net", "{server_addr}": "198.51.100.8",
      "{tls_version}": "TLSv1.3",
    ]),
    client("198.51.100.9", "weak.example.net", sender: "x@y.example").adding([
      "{verify}": "FAIL", "{cipher_bits}": "40", "{server_name}": "weak.example.net",
      "{server_addr}": "198.51.100.9",
    ]),
    client("192.0.2.78", "stranger.example.net", sender: "<a@x.example>").adding([
      "{deliveryMode}": "d"
    ]),
    client("192.0.2.2", "w1.example", sender: "<a@x.example>").adding(["{opMode}": "i"]),
    client("10.4.3.2", "h.rel.example.", sender: "<a@x.example>").adding([
      "{auth_type}": "PLAIN", "{auth_authen}": "john@w1.example", "{verify}": "SOFTWARE",
    ]),
    client("0", "localhost", sender: "root@mail.example.org", flags: "CC f"),
  ]

  private static func client(
    _ address: String, _ name: String, sender: String, flags: String = "", resolve: String = "OK"
  ) -> Context {
    [
      "{client_addr}": address, "{client_name}": name, "{client_resolve}": resolve, "f": sender,
      "{daemon_flags}": flags,
    ]
  }

  private static let others: Set<String> = [
    "{client_rate}", "{client_connections}", "{time}", "{rcpt_mailer}", "{rcpt_host}",
    "{mail_mailer}",
    "{mail_host}", "{mail_addr}", "{rcpt_addr}",
  ]
  private static let names = Set(all.flatMap(\.keys)).union(others).sorted()

  /// The commands of test mode that set a context, and clear what another one set.
  static func commands(_ context: Context) -> [String] {
    names.map { ".D\($0)\(context[$0] ?? "")" }
  }
}

extension ClientContexts.Context {
  func adding(_ more: Self) -> Self { merging(more) { $1 } }
}
