// PostfixEnvelopes.swift: envelopes made from the keys of tables and the usual forms.

import MailAddress
import Routing

enum PostfixEnvelopes {
  /// The forms in which an address is written, for one user and domain.
  static func forms(_ user: String, _ domain: String) -> [String] {
    [
      "\(user)@\(domain)", "\(user)+detail@\(domain)", "\(user)+@\(domain)",
      "\(user.uppercased())@\(domain.uppercased())", "\(user)@\(domain).",
      "\(user)@sub.\(domain)", "\"\(user)\"@\(domain)", "\(user)%\(domain)@\(domain)",
      "\(domain)!\(user)", "@relay.example:\(user)@\(domain)",
    ]
  }

  /// Forms that have nothing to do with a table.
  static let odd = [
    "someone", "someone@", "@example.com", "a b@example.com", "\"a b\"@example.com",
    "user%far.example@mail.test.example", "far.example!user@mail.test.example",
    "\"user@far.example\"@mail.test.example", "user@far.example@mail.test.example",
    "user@[127.0.0.1]", "user@[192.0.2.1]", "user@[IPv6:2001:db8::1]", "user@192.0.2.1",
    "user@localhost", "user@mail", "user@mail.test.example.", "user@.example.com",
    "user@exa..mple.com", "user@-bad-.example", "us.er@example.com", ".user@example.com",
    "user.@example.com", "us..er@example.com", "\"us..er\"@example.com", "postmaster",
    "postmaster@mail.test.example", "MAILER-DAEMON", "double-bounce@mail.test.example",
    "abuse@unknown.example", "user!site!far@mail.test.example", "far.example!near.example!user",
    "user%a%b@mail.test.example", "\"quoted\\\"quote\"@example.com", "\"\"@mail.test.example",
    "owner-list@mail.test.example", "list-request@mail.test.example", "user@[bad]",
    "user@mail_host.example", "a@b@c", "user+a+b@mail.test.example", "+user@mail.test.example",
    "(comment)user@example.com", "user@example.com(comment)", "user,other@example.com",
    "user;other@example.com", "user:other@example.com", "<user@example.com>",
    "\"\\user\"@mail.test.example", "user\\@far@mail.test.example", "%@mail.test.example",
    "!@mail.test.example", "user@mail.test.example:25", "user@MAIL.test.EXAMPLE",
    "MAILER-DAEMON@mail.test.example", "mailer-daemon", "MAILER-DAEMON@far.example",
    "\"a\"b@example.com", "a\"b\"@example.com", "\"a\".b@example.com", "a. b@example.com",
    "double-bounce@far.example", "double-bounce", "root@[127.0.0.1].", "user@example.com..",
    "us/er@example.com", "user's@example.com", "us=er&co@example.com", "user@test.example@far.example",
    "@far.example,@near.example:user@mail.test.example", "@far.example:", "user@1.2.3", "user@1234",
    "\u{fc}ser@example.com", "user@ex\u{e4}mple.com",
  ]

  static func client(_ address: String, _ name: String? = nil, helo: String = "client.example") -> Client {
    Client(address: Bytes(address.utf8), name: name.map { Bytes($0.utf8) }, helo: Bytes(helo.utf8))
  }

  static func envelope(_ sender: String, _ recipients: [String], _ client: Client = inside) -> Envelope {
    Envelope(
      client: client, sender: Bytes(sender.utf8), recipients: recipients.map { Bytes($0.utf8) })
  }

  /// One of mynetworks, and one that is not.
  static let inside = client("127.0.0.5", "inside.test.example")
  static let outside = client("192.0.2.77", "host.outside.example")
}
