import Foundation
import TestSupport
import Testing

/// Addresses of every usual form, over the words that a configuration knows.
struct AddressList {
  let all: [String]

  init(users: [String], domains: [String]) {
    var list = [
      "", "<>", "\"", "a b c", "list:;", "a@b@c", "@", "..", "a..b@c..d", "'", "(c) u (d)",
      "\\root", "a@[1.2.3.4", "|prog", "/file", ":include:/x", "u <a@b", "a@b>", "caf\u{e9}@d",
      String(repeating: "x", count: 240) + "@d.example", String(repeating: "x", count: 260), "u1@ d", "a!b!c",
      "User. Name <u1@d1.example>", "\"a\\\"b\"@c", "a;b", "a,b@c", "<@a,@b:c@d>", "a%b@c", "=?x?= <a@b>",
    ]
    for domain in domains {
      list += [
        "@\(domain)", "@\(domain),@x.example:u@y.example", "u1%v.example@\(domain)",
        "\(domain)!u1", "User N <u1@\(domain)>", "\"u@x\"@\(domain)", "u1@sub.\(domain)",
      ]
      list += users.map { "\($0)@\(domain)" }
    }
    all = list + users
  }

  func lines(_ prefix: String) -> String { all.map { "\(prefix) \($0)\n" }.joined() }
}

@Suite(
  "sendmail -bt answers as the real one on stock configurations", .serialized,
  .enabled(if: Peer.sendmail.isWanted && Peer.m4.isWanted, Comment(rawValue: Peer.sendmail.hint)),
  .enabled(if: isRoot, Comment(rawValue: rootHint)))
struct TestModeStockTests {
  static let common = """
    define(`confSERVICE_SWITCH_FILE',`@/switch')dnl
    define(`QUEUE_DIR',`@/q')dnl
    define(`ALIAS_FILE',`@/aliases')dnl
    define(`confDONT_BLAME_SENDMAIL',`GroupWritableDirPathSafe,MapInUnsafeDirPath,LinkedMapInWritableDir,AssumeSafeChown')dnl

    """

  static let plain = "OSTYPE(linux)dnl\nDOMAIN(generic)dnl\n\(common)MAILER(local)dnl\nMAILER(smtp)dnl\n"

  static let rich = """
    OSTYPE(linux)dnl
    DOMAIN(generic)dnl
    \(common)FEATURE(`nouucp',`reject')dnl
    FEATURE(`access_db',`hash -T<TMPF> @/access')dnl
    FEATURE(`virtusertable',`hash @/virtuser')dnl
    FEATURE(`virtuser_entire_domain')dnl
    FEATURE(`mailertable',`hash @/mailertable')dnl
    FEATURE(`genericstable',`hash @/generics')dnl
    FEATURE(`always_add_domain')dnl
    FEATURE(`masquerade_envelope')dnl
    FEATURE(`masquerade_entire_domain')dnl
    FEATURE(`relay_entire_domain')dnl
    FEATURE(`redirect')dnl
    FEATURE(`blocklist_recipients')dnl
    FEATURE(`delay_checks',`friend')dnl
    FEATURE(`block_bad_helo')dnl
    MASQUERADE_AS(`masq.example')dnl
    MASQUERADE_DOMAIN(`md.example')dnl
    EXPOSED_USER(`daemon')dnl
    VIRTUSER_DOMAIN(`v.example')dnl
    GENERICS_DOMAIN(`g.example')dnl
    RELAY_DOMAIN(`relay.example')dnl
    LOCAL_DOMAIN(`local.example')dnl
    define(`SMART_HOST',`smtp:[smart.example]')dnl
    MAILER(local)dnl
    MAILER(smtp)dnl
    MAILER(procmail)dnl
    MAILER(uucp)dnl

    """

  static let tables = [
    "access": """
    Connect:bad.example REJECT
    Connect:192.0.2 RELAY
    From:spam@d1.example REJECT
    To:d4.example RELAY
    d5.example 550
    Spam:friend@local.example FRIEND

    """,
    "virtuser": """
    u1@v.example user1
    u2+*@v.example user2+%2
    @v2.example %1@dest.example
    info@local.example error:nouser
    @v.example catch@all.example

    """,
    "mailertable": """
    d1.example smtp:[relay1.example]
    .d1.example esmtp:mx.%1.example
    d2.example local:bob
    d3.example error:5.1.2:550
    .wild.example relay:hub.%1

    """,
    "generics": """
    g1@g.example public1@ex.net
    g2 pub2@ex.net

    """,
  ]

  static let addresses = AddressList(
    users: [
      "u1", "u2+x", "info", "root", "daemon", "g1", "g2", "friend", "spam", "\"q u\"", "Foo.Bar", "a%d4.example",
    ],
    domains: [
      "d1.example", "d2.example", "D3.Example", "d4.example", "d5.example", "v.example", "v2.example",
      "g.example", "local.example", "test.example", "localhost", "md.example", "masq.example",
      "relay.example", "a.wild.example", "other.net", "uu.UUCP", "foo.REDIRECT", "[192.0.2.2]", "[IPv6:2001:db8::1]",
      "com",
    ])

  private static let mailers = ["local", "prog", "smtp", "esmtp", "relay", "*file*"]

  /// Every form of question about the addresses.
  private func questions(_ every: Int) -> [(String, String)] {
    let sample = Self.addresses.all.enumerated().filter { $0.offset % every == 0 }.map(\.element)
    func ask(_ prefix: String) -> String { sample.map { "\(prefix) \($0)\n" }.joined() }
    let tries = ["HS", "HR", "ES", "ER"].map { form in
      "/tryflags \(form)\n" + Self.mailers.map { ask("/try \($0)") }.joined()
    }.joined()
    let checks = [
      "check_mail", "check_rcpt", "check_relay", "check_compat", "check_vrfy", "tls_rcpt",
      "checkrelay", "checkmail", "Local_check_rcpt",
    ].map { ask($0) }.joined()
    return [
      ("3,0", Self.addresses.lines("3,0")), ("/parse", Self.addresses.lines("/parse")), ("/try", tries),
      ("checks", ".D{client_addr}192.0.2.9\n.D{client_name}h.relay.example\n" + checks),
      ("tables", "=M\n=S3\n=S0\n=Scheck_rcpt\n$=w\n$=m\n$m\n$j\n$k\n/map host localhost\n/canon localhost\n/mx a.b\n"),
    ]
  }

  @Test("generic-linux")
  func genericLinux() throws {
    let comparison = try TestModeComparison()
    let file = try comparison.expand("plain", Self.plain)
    for (what, input) in questions(7) {
      TestModeComparison.expectSame(try comparison.run(file, Array(input.utf8)), what)
    }
  }

  @Test("many features with tables of the real makemap", .enabled(if: Peer.makemap.isWanted))
  func rich() throws {
    let comparison = try TestModeComparison()
    try comparison.makeMaps("hash", Self.tables)
    let file = try comparison.expand("rich", Self.rich)
    for (what, input) in questions(9) {
      TestModeComparison.expectSame(try comparison.run(file, Array(input.utf8)), what)
    }
  }

  @Test("Debian's own sendmail.mc")
  func debian() throws {
    let comparison = try TestModeComparison()
    let text = try String(contentsOfFile: Peer.library + "/debian/sendmail.mc", encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.contains("/etc/mail/m4/") && !$0.contains("/cf.m4") }
    let mc = lines.joined(separator: "\n").replacingOccurrences(of: "@", with: "")
      .replacingOccurrences(of: "MAILER_DEFINITIONS", with: Self.common + "MAILER_DEFINITIONS")
    let file = try comparison.expand("debian", mc)
    for (what, input) in questions(9) {
      TestModeComparison.expectSame(try comparison.run(file, Array(input.utf8)), what)
    }
  }
}
