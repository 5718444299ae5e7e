// PostfixNameCases.swift: restrictions that ask the DNS.
//
// One zone answers both: the real Postfix by a name server on loopback, ours directly.

import MailAddress
import Routing

extension PostfixCase {
  private typealias E = PostfixEnvelopes

  /// The restriction that recipient `NAME@test.example` is under.
  private static let tried: [(name: String, restriction: String)] = [
    ("client-a", "check_client_a_access texthash:$config_directory/hosts"),
    ("client-mx", "check_client_mx_access texthash:$config_directory/hosts"),
    ("client-ns", "check_client_ns_access texthash:$config_directory/hosts"),
    ("reverse-a", "check_reverse_client_hostname_a_access texthash:$config_directory/hosts"),
    ("reverse-mx", "check_reverse_client_hostname_mx_access texthash:$config_directory/hosts"),
    ("reverse-ns", "check_reverse_client_hostname_ns_access texthash:$config_directory/hosts"),
    ("helo-a", "check_helo_a_access texthash:$config_directory/hosts"),
    ("helo-mx", "check_helo_mx_access texthash:$config_directory/hosts"),
    ("helo-ns", "check_helo_ns_access texthash:$config_directory/hosts"),
    ("sender-a", "check_sender_a_access texthash:$config_directory/hosts"),
    ("sender-mx", "check_sender_mx_access texthash:$config_directory/hosts"),
    ("sender-ns", "check_sender_ns_access texthash:$config_directory/hosts"),
    ("rbl", "reject_rbl_client rbl.example"),
    ("rbl-two", "reject_rbl_client rbl.example=127.0.0.2"),
    ("rbl-some", "reject_rbl_client rbl.example=127.0.[0..1].[3;5..9]"),
    ("rbl-own", "reject_rbl_client own.rbl.example"),
    ("rbl-odd", "reject_rbl_client odd.rbl.example"),
    ("rhsbl-client", "reject_rhsbl_client rhs.example"),
    ("rhsbl-reverse", "reject_rhsbl_reverse_client rhs.example"),
    ("rhsbl-helo", "reject_rhsbl_helo rhs.example"),
    ("rhsbl-sender", "reject_rhsbl_sender rhs.example"),
    ("white", "permit_dnswl_client rbl.example, reject"),
    ("white-name", "permit_rhswl_client rhs.example, reject"),
    ("unknown-sender", "reject_unknown_sender_domain"),
    ("unknown-helo", "reject_unknown_helo_hostname"),
  ]

  /// Lists, and the hosts behind names.
  static let names = PostfixCase(
    name: "restrictions that ask the DNS",
    main: """
      local_recipient_maps =
      rbl_reply_maps = texthash:$config_directory/replies
      smtpd_restriction_classes = \(tried.map(\.name).joined(separator: " "))
      \(tried.map { "\($0.name) = \($0.restriction)" }.joined(separator: "\n"))
      permit_mx_backup_networks = 192.0.2.0/24
      smtpd_relay_restrictions = permit_mx_backup, reject_unauth_destination
      smtpd_recipient_restrictions =
        check_recipient_access inline:{ \(tried.map { "\($0.name)@test.example=\($0.name)" }.joined(separator: ", ")) }
        check_recipient_mx_access texthash:$config_directory/hosts
        check_recipient_a_access texthash:$config_directory/hosts
        check_recipient_ns_access texthash:$config_directory/hosts
        reject_unknown_recipient_domain
        reject_rhsbl_recipient rhs.example

      """,
    files: [
      "replies": """
      own.rbl.example  $rbl_code 5.7.9 $client_address of $client ($sender_domain, $sender_name, $recipient, $recipient_name, $recipient_domain, $helo_name, $reverse_client_name, ${rbl_reason:none}) in $rbl_domain: $rbl_class $rbl_what ${rbl_reason?{why}:{who knows}} $$
      odd.rbl.example  no code here

      """,
      "hosts": """
      mx.bad.example     REJECT by name
      nsbad.example      550 5.7.2 name servers
      192.0.2.66         REJECT by address
      192.0.3            REJECT by network
      192.0.2.77         OK
      mx.dunno.example   DUNNO
      192.0.2.88         DISCARD
      2001:db8:66        REJECT by IPv6

      """,
    ],
    zone: """
      $ORIGIN example.
      @             SOA ns.example. admin.example. 1 3600 600 86400 60
      @             NS  ns.example.
      ns            A   192.0.2.250
      bad           MX  10 mx.bad
      bad           MX  20 mx.good
      mx.bad        A   192.0.2.1
      mx.good       A   192.0.2.2
      good          MX  10 mx.good
      good          NS  ns.good
      ns.good       A   192.0.2.3
      address       MX  10 mx.address
      mx.address    A   192.0.2.10
      mx.address    A   192.0.2.66
      address       A   192.0.2.66
      network       A   192.0.3.9
      okay          MX  10 mx.okay
      mx.okay       A   192.0.2.77
      okay          A   192.0.2.77
      dunno         MX  10 mx.dunno
      dunno         MX  20 mx.bad
      mx.dunno      A   192.0.2.66
      drop          A   192.0.2.88
      sub.servers   A   192.0.2.4
      servers       NS  a.nsbad
      servers       A   192.0.2.4
      a.nsbad       A   192.0.2.5
      six           MX  5 mx.six
      mx.six        AAAA 2001:db8:66::1
      null          MX  0 .
      nowhere       MX  10 no.such
      texty         TXT "nothing else"
      alias         CNAME bad
      backup        MX  10 mx.good
      backup        MX  20 mail.test
      farbackup     MX  10 mx.network
      farbackup     MX  20 mail.test
      mx.network    A   192.0.3.1
      first         MX  10 mail.test
      first         MX  20 mx.good
      twin          MX  10 mx.good
      twin          MX  10 mail.test
      nohost        MX  10 no.such
      nohost        MX  20 mail.test
      mail.test     A   127.0.0.1
      byaddress     MX  10 mx.good
      byaddress     MX  20 other.name
      other.name    A   127.0.0.1
      1.100.51.198.rbl     A   127.0.0.2
      1.100.51.198.rbl     TXT "listed as 198.51.100.1"
      2.100.51.198.rbl     A   127.0.0.5
      3.100.51.198.rbl     A   127.0.0.4
      3.100.51.198.rbl     A   127.0.1.3
      4.100.51.198.own.rbl A   127.0.0.2
      5.100.51.198.own.rbl A   127.0.0.2
      5.100.51.198.own.rbl TXT "because of 100% $name"
      4.100.51.198.odd.rbl A   127.0.0.2
      bad.example.rhs      A   127.0.0.2
      bad.example.rhs      TXT "a bad" " domain"
      good.example.rhs     A   127.0.0.3

      """,
    envelopes: {
      let domains = [
        "bad", "good", "address", "network", "okay", "dunno", "drop", "sub.servers", "servers", "six", "null",
        "nowhere", "texty", "alias", "missing",
      ].map { $0 + ".example" }
      var result: [Envelope] = []
      for (name, _) in tried {
        let recipient = ["\(name)@test.example"]
        if name.hasPrefix("sender") || name.hasSuffix("sender") {
          for domain in domains { result.append(E.envelope("x@\(domain)", recipient)) }
          for sender in ["", "bare", "x@[192.0.2.66]", "x@[192.0.2.9]"] { result.append(E.envelope(sender, recipient)) }
        } else if name.hasPrefix("helo") || name.hasSuffix("helo") {
          for helo in domains + ["[192.0.2.66]", "bare", "192.0.2.66", "bad.example."] {
            result.append(E.envelope("x@far.test", recipient, E.client("192.0.2.9", "h.far.test", helo: helo)))
          }
        } else if name.hasPrefix("rbl") || name == "white" {
          for last in 1...6 {
            result.append(E.envelope("x@far.test", recipient, E.client("198.51.100.\(last)", "bad.example")))
            result.append(E.envelope("", recipient, E.client("198.51.100.\(last)")))
          }
        } else {
          for domain in domains {
            result.append(E.envelope("x@far.test", recipient, E.client("192.0.2.9", domain)))
            let client = Client(
              address: Bytes("192.0.2.9".utf8), reverseName: Bytes(domain.utf8), helo: Bytes("client.example".utf8))
            result.append(E.envelope("x@far.test", recipient, client))
          }
          result.append(E.envelope("x@far.test", recipient, E.client("192.0.2.9")))
        }
      }
      let stranger = E.client("203.0.113.9", "far.test")
      for domain in domains + ["backup", "farbackup", "first", "twin", "nohost", "byaddress"].map({ $0 + ".example" }) {
        result.append(E.envelope("x@far.test", ["x@\(domain)"]))
        result.append(E.envelope("x@far.test", ["x@\(domain)"], stranger))
      }
      return result
    }())
}
