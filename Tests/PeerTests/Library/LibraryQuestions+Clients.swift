// LibraryQuestions+Clients.swift: questions about clients and about TLS, made from the
// keys of the access table.

import Foundation

extension LibraryQuestions {
  // MARK: Clients

  /// Names and addresses of clients, in pairs.
  private var clients: [String] {
    var names = [
      "localhost", "mail.example.org", "stranger.example.net", "[10.9.9.9]", "sub.rel.example",
      "rel.example", "",
    ]
    var literals = [
      "127.0.0.1", "192.0.2.77", "10.1.2.3", "10.9.9.9", "0", "IPv6:2001:db8::5", "IPv6:::1",
      "198.51.100.200",
    ]
    for key in (keys["access"] ?? []).map(LibraryAddresses.untagged) {
      if let first = key.first, first.isNumber, key.allSatisfy({ $0.isNumber || $0 == "." }) {
        let missing = 4 - key.split(separator: ".").count
        literals.append(key + String(repeating: ".7", count: max(missing, 0)))
      } else if key.lowercased().hasPrefix("ipv6") {
        literals += [key] + (key.hasSuffix("::1") ? [] : [key + ":1"])
      } else if !key.contains("@"), key.contains(".") {
        names += [key, "h." + key.drop { $0 == "." }]
      }
    }
    names = unique(names)
    literals = unique(literals)
    return names.enumerated().flatMap { number, name in
      ["\(name) $| \(literals[number % literals.count])", "\(name) $| 198.51.100.201"]
    } + literals.map { "nomatch.example $| \($0)" }
  }

  /// The client's counts, where the configuration limits them.
  private var rates: [(rate: String, connections: String)] {
    rulesets.isDisjoint(with: ["RateControl", "ConnControl"])
      ? [("", "")] : [("", ""), ("1", "1"), ("7", "6"), ("500", "500")]
  }

  mutating func putClientChecks(_ number: Int) {
    // Without a client there is nothing to count: see LibraryQuestions.putChecks.
    for (rate, connections) in number == 0 ? [("", "")] : rates {
      put([".D{client_rate}\(rate)", ".D{client_connections}\(connections)"])
      for ruleset in ["check_relay", "checkrelay", "Local_check_relay", "Basic_check_relay"]
      where rulesets.contains(ruleset) {
        if number == 0, rates.count > 1 { continue }
        put(spread(clients, number < 2 ? clients.count : 24).map { "pair,\(ruleset) \($0)" })
      }
    }
    put([".D{client_rate}", ".D{client_connections}"])
    if rulesets.contains("greet_pause"), number % 5 == 0 {
      put(clients.map { "pair,greet_pause \($0)" })
    }
  }

  // MARK: TLS

  private static let states = [
    "OK", "TRUSTED", "NO", "NONE", "FAIL", "TEMP", "SOFTWARE", "PROTOCOL", "NOT", "CONFIG",
    "DANE_FAIL", "CLEAR", "",
  ]
  private static let tags = ["TLS_", "Try_", "Srv_", "Clt_", "AuthInfo"]

  /// Hosts of which the access table demands something.
  private var demandingHosts: [String] {
    unique(
      (keys["access"] ?? []).filter { key in
        Self.tags.contains { key.hasPrefix($0) } && !key.contains("@")
      }
      .map(LibraryAddresses.untagged).filter { !$0.isEmpty && !$0.hasSuffix(":") })
  }

  mutating func putTLSChecks(_ macros: ClientContexts.Context, _ number: Int) {
    guard rulesets.contains("tls_client"), [1, 8, 9, 10].contains(number) else { return }
    for state in Self.states {
      put(["STARTTLS", "MAIL"].map { "pair,tls_client \(state) $| \($0)" })
    }
    guard number == 9 || number == 1 else { return }
    for host in demandingHosts { putDemands(host) }
    put(ClientContexts.commands(macros))
    putCertificates()
    put(ClientContexts.commands(macros))
  }

  private mutating func putDemands(_ host: String) {
    let isAddress = host.first?.isNumber ?? false
    for side in ["client", "server"] {
      put([
        ".D{\(side)_name}" + (isAddress ? "unlisted.example" : host),
        ".D{\(side)_addr}" + (isAddress ? host : "192.0.2.200"),
      ])
    }
    for bits in ["", "40", "128", "256"] {
      put(".D{cipher_bits}" + bits)
      for state in bits == "128" ? Self.states : ["OK", "FAIL", ""] {
        put([
          ".D{verify}" + state, "pair,tls_client \(state) $| MAIL",
          "tls_server \(state.isEmpty ? "x" : state)",
          "tls_rcpt v@remote2.example", "tls_rcpt u@remote3.example", "tls_rcpt other@r.example",
        ])
      }
    }
    put(["try_tls", "srv_features", "clt_features", "authinfo", "RelayTLS"].map { $0 + " x" })
  }

  private mutating func putCertificates() {
    for issuer in ["/C=US/CN=CA", "/C=US/CN=Other", "/C=US/CN=Reject", ""] {
      for subject in ["/C=US/CN=subj.example", "/C=US/CN=x"] {
        for state in ["OK", "TRUSTED", "FAIL"] {
          put([
            ".D{cert_issuer}" + issuer, ".D{cert_subject}" + subject, ".D{verify}" + state,
            "RelayTLS x",
            "Rcpt_ok u@nowhere.example", "check_rcpt u@nowhere.example",
          ])
        }
      }
    }
  }
}
