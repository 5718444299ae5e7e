// Replies of sendmail's tables in Postfix's words; the cases were seen in the real
// sendmail, which answers 553 where a text has no code and x.0.0 where a code has no
// enhanced one.

import TestSupport
import Testing

import Translation

@Suite("Replies")
struct ReplyTextTests {
  @Test(arguments: [
    ("5.7.1:550 go away", "550 5.7.1 go away"),
    ("5.1.1:450 later", "450 4.1.1 later"),
    ("\"450 later\"", "450 4.0.0 later"),
    ("550 no such luck", "550 5.0.0 no such luck"),
    ("550 5.2.2 full", "550 5.2.2 full"),
  ])
  func ofErrors(_ text: String, _ reply: String) {
    #expect(ReplyText.ofError(text) == reply)
  }

  @Test("a text without a code is 553 5.3.0")
  func withoutCode() {
    #expect(ReplyText.of("SKIP", enhanced: nil) == "553 5.3.0 SKIP")
    #expect(ReplyText.of("", enhanced: nil).hasPrefix("553 "))
  }
}

@Suite("Networks of access keys")
struct AccessNetworkTests {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1/32"), ("192.0.2", "192.0.2.0/24"), ("10", "10.0.0.0/8"),
    ("IPv6:2001:db8", "2001:db8::/32"), ("ipv6:2001:db8::1", "2001:db8:0:0:0:0:0:1/128"),
    ("[192.0.2.7]", "192.0.2.7/32"), ("ipv6:::1", "0:0:0:0:0:0:0:1/128"),
  ])
  func patterns(_ key: String, _ pattern: String) {
    #expect(AccessNetwork(key)?.pattern == pattern)
  }

  @Test(arguments: [
    "bulk.example", "1.2.3.4.5", "256.1", "", ".", "1..2", "ipv6:", "ipv6:12345", "ipv6:1::2::3", "a.b",
  ])
  func noNetworks(_ key: String) {
    #expect(AccessNetwork(key) == nil)
  }

  @Test("a network holds what lies in it")
  func holds() throws {
    let wide = try #require(AccessNetwork("10.1"))
    let narrow = try #require(AccessNetwork("10.1.2.3"))
    #expect(wide.contains(narrow))
    #expect(!narrow.contains(wide))
    #expect(!wide.contains(try #require(AccessNetwork("10.2.2.3"))))
    #expect(!wide.contains(try #require(AccessNetwork("ipv6:a01::"))))
  }
}

@Suite("Values of options")
struct OptionValueTests {
  @Test(arguments: [("4h", "4h"), ("90", "90s"), ("1h30m", "90m"), ("5d", "5d"), ("0", "0s"), ("36h", "36h")])
  func seconds(_ text: String, _ value: String) {
    #expect(OptionValue.seconds(text) == value)
  }

  @Test(arguments: ["", "x", "5y", "h", "99999999999999999999d"])
  func noTimes(_ text: String) {
    #expect(OptionValue.seconds(text) == nil)
  }

  @Test("units that are not written are those of the option")
  func units() {
    #expect(OptionValue.days("5") == "5d")
    #expect(OptionValue.hours("4") == "4h")
    #expect(OptionValue.minutes("10") == "10m")
  }

  @Test func accounts() {
    #expect(OptionValue.account("mail:mail") == "mail")
    #expect(OptionValue.account("1:1") == "daemon")
    #expect(OptionValue.account("root") == nil)
    #expect(OptionValue.account("4711:1") == nil)
  }

  @Test func forwardPaths() {
    #expect(
      OptionValue.forwardPath("$z/.forward.$w+$h:$z/.forward+$h:$z/.forward.$w:$z/.forward")
        == "$home/.forward${recipient_delimiter}${extension}, $home/.forward")
  }
}

@Suite("Translation of anything")
struct NoiseTests {
  @Test("noise in table and .cf lines gives a result, never a crash")
  func noise() throws {
    var generator = SeededGenerator(seed: 6)
    let alphabet = Array("abcRELAYConnect:From@.%+*-[]1290 \t\"\\$#{}=!<>/,éOKM".utf8)
    for _ in 0..<60 {
      let folder = try TemporaryFolder()
      func line() -> [UInt8] {
        (0..<Int.random(in: 1...40, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 32 } + [
          10
        ]
      }
      let kinds = ["D", "C", "K", "O ", "M", "S", "R", "H", "F", "P", "T"]
      var text = Array(
        "V10\nKaccess hash /a\nKmailertable hash /a\nKvirtuser hash /a\nKgenerics hash /a\nKdomaintable hash /a\nDMm.example\nDjh.example\nC{VirtHost}a b.c\n"
          .utf8)
      for kind in kinds { text += Array(kind.utf8) + line() }
      try folder.write("a", (0..<60).flatMap { _ in line() })
      let result = translate(text, tables: folder.path)
      #expect(result.side.files.count > 1)
      #expect(!result.report.rows.isEmpty)
    }
  }
}
