// HeaderMessages.swift: messages whose headers mail systems have to do something about.

import Foundation
import TestSupport

/// Shapes of headers: folded, groups, comments, quoted names, routes, Resent-, Bcc, missing
/// and doubled fields, and what is hardly a header at all.
enum HeaderMessages {
  static let all: [String] = [
    "From: alice@example.net\nTo: boss@example.edu\nSubject: s\nDate: Thu, 26 Nov 2026 10:00:00 +0000\nMessage-ID: <x@y>\n\nbody\n",
    "Subject: nothing else\n\nbody\n",
    "X-A: 1\nTo: boss, root, Fred <fred>, nobody@mail.example.edu,\n\t\"Quoted, Name\" <a@b.example> (comment), group: x@y.example, z;\nCc: (just) me@localhost (c)\nSubject: folded\n one\n\ttwo\nX-B: 2\n\nbody\n",
    "From: root\nTo: undisclosed-recipients:;\nBcc: hidden@example.org\nReturn-Path: <old@x.example>\nFull-Name: Joe\nContent-Length: 33\n\nx\n",
    "Resent-From: joe@mail.example.edu\nResent-To: a@b.example\nFrom: alice@example.net\nTo: b\n\nx\n",
    "From: A B C <alice@mail.example.edu>\nFrom: second@mail.example.edu\nTo: <@r1.example,@r2.example:u@d.example>\nTo: again@x.example\nReply-To: Me\nErrors-To: err\nX-Empty:\nSubject:   spaces  \nReceived: from old by older; Thu, 26 Nov 2026 10:00:00 +0000\nDate: now\nDate: then\n\nx\nFrom here\n.dot\n",
    "From:alice@example.net\nTO:boss@example.edu\nsubject:s\nmessage-id:<1@2>\n\nx\n",
    "From: \"Joe Q. Public\" (here) <joe (inner) @ mail.example.edu> trailing\nTo: Joe.Q. Public <joe@mail.example.edu>, user%host@mail.example.edu, host!user, \"a b\"@mail.example.edu, user@[127.0.0.1], user@UPPER.Example.EDU\nCc: \nBcc:\nSender: me\n\nx\n",
    "no header at all\n\nsecond\n",
    "Comments: x\nTo: =?utf-8?q?=C3=A4?= <a@mail.example.edu>,b@localhost.localdomain , c\nApparently-To: boss\nResent-Bcc: q@x.example\nReturn-Receipt-To: rr\nDisposition-Notification-To: dn\nX-Rcpt: <root>\n\nx\n",
    "Subject: long lists\nTo: " + (1...11).map { "user\($0)@host\($0).example" }.joined(separator: ", ") + "\nCc: "
      + (1...11).map { "\"A B \($0)\" <user\($0)>" }.joined(separator: ", ") + "\n\nx\n",
    "From: \(String(repeating: "x", count: 100))@y.example\nTo: \"a very long phrase that is longer than many lines of text in the mail\" <\(String(repeating: "y", count: 60))@z.example>, b\nSubject: \(String(repeating: "long ", count: 300))\n\n\(String(repeating: "b", count: 1200))\n",
    "From: <>\nTo: <a@b>,<c@d>  ,  (x) e@f (y),  group:;, G: a@b,c;, d\nCc: a@b\n ,\n c@d\n\nx\n",
    "To:\n folded@x\n ,\n y\nSubject : blank before\nX-Cust: mine\nDate:\n\nx\n",
    "To: a b c\nCc: a@b c@d\nFrom: a b\nX-Mailer: theirs\n\nx\n",
    "From: alice (Alice A)\nTo: <a@b> b@c, Me: <a@b>;, x!y, a@[1.2.3.4], a.b.c, @, <>, a@, @b, \\foo, foo\\@bar, a;b, |prog, /file, :include:/x, \"a\\\"b\"@c, 'a@b', a@b.c., A@B.C\n\nx\n",
    "To: (only comment)\nBcc: a\nReply-To: a@b.example>\nSender: (x <a@b>\nErrors-To: a@@b\nFrom: \"unclosed <a@b>\nResent-To: ()\n",
    "From alice@x Thu Nov 26 17:50:01 2026\nSubject: x\n X: folded\n\t\n more\nnocolon\nTo: a\n\ny\n",
  ]

  /// What sendmail has rules of its own for.
  static let sendmail: [String] = [
    // Commas in comments; blanks between comments; a comment that is not closed.
    "To: fred<a@x.example>(x, y),b\nReply-To: a \"x\"  (x, y)\t()\"q\"\n  c\nFrom: a (un @ b , <c> (d)\n\nx\n",
    // Bcc: stays, empty, where nobody else is named.
    "Bcc: a\nResent-Bcc: b\n\nx\n", "Bcc: a\nTo:\n\nx\n", "Bcc: a\nBcc: b\nResent-To: c\n\nx\n",
    // A field Text: ends the header, and loses the end of its line.
    "Subject: x\nText: abc\n def\nTo: b\n\nbody\n", "text : x\n\nb\n",
    // The first full name counts, in quotes where it needs them.
    "Full-Name: A (b) \"c\n\nx\n", "Full-Name: a\\b \"c\" @\nFull-Name: b\n\nx\n",
    // Too long to be an address, a token, or words around an address.
    "To: a, (\(String(repeating: "e", count: 248))) <q>, (\(String(repeating: "e", count: 249))) <q>\n\nx\n",
    "To: \(String(repeating: "a", count: 256)), \(String(repeating: "b", count: 257)) <c>, d\n\nx\n",
    "To: \(String(repeating: "a.", count: 1100))b, c\n\nx\n",
    // Quotes and brackets behind brackets.
    ["<a> \"", "<a> \"b\"", "b: <a> c \"d", "<a>) x", "(a)) b", "x (a) b) c", "<a> b::c", "<a> <b> c: d"]
      .map { "To: \($0)\n" }.joined() + "\nx\n",
    // A name behind an address and a colon; a backslash in a comment that is not closed, or before a fold.
    [
      "a <b> c: <d>", "<a <d>: <e>", "<a>:  <e>", "<a>:<e>", "<a>:\n\t<e>", "<b\\ (un, b\\", "<b (un (x\\",
      "<b\\\n c (un\\>",
    ]
    .map { "To: \($0)\n" }.joined() + "\nx\n",
    // Old lists, where no field has brackets or commas.
    "To: a@b c @ d e@ f g @h\n\ti\n\nx\n",
  ]

  /// What grows more quotes each time that Postfix reads it, and colons that end no name.
  private static let odd = [
    "=*.\"q\\\"x\"!oneil", "oneil@\"q\\\"z\".b", "@[x\\]y]", " :include:/x", "@[IPv6:\"::1], d",
    "<@[IPv6:::1]> , [IPv6:::1]mail.example.edu >[IPv6:::1]", "<a-b@[IPv6:::1]> A, joe>", "@a :: <b>", "a::: <joe>",
    "@a,:@b <joe>",
  ]

  /// What Postfix has rules of its own for.
  static let postfix: [String] = [
    [
      "<a b@c>", "Q.<b\\>", "<a \"b\"@c>", "<a,b@c>", "a@\"b c\"", "[1\\]2]@x", "a<b@c", "@a,@b:\"x y\"@c",
      "a\u{1}b", "a (c) b (d) c (e) d", "a, b> c, <d", "x: y: z;", "a: <b>", "\"@x (y)", "b\\,",
    ].map { "To: \($0)\n" }.joined() + "\nx\n",
    odd.map { "To: \($0)\n" }.joined() + "\nx\n", odd.map { "To: c, \($0)\n" }.joined() + "\nx\n",
    // Recipients whom nobody sees; a field of recipients.
    "Bcc: joe\nResent-Bcc: c\n\nx\n", "Resent-Reply-To: a@c.mail.example.edu, root, joe\n\nx\n",
    // Too many words around an address.
    "To: b, a (\(String(repeating: "d", count: 247)))\nCc: b, a (\(String(repeating: "d", count: 248)))\n\nx\n",
    "To : a\nCc\t:b\n\nx\n",
  ]

  static let senders = ["alice@mail.example.edu", "", "\"a b\"@x.example", "bob@far.example"]

  /// Without what no two runs share: times, queue ids, and what is made of them.
  static func masked(_ message: [UInt8]) -> String {
    String(decoding: message, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
      .replacing(/id [0-9A-Za-z]{8,}/, with: "id ID")
      .replacing(/<[0-9]{12,14}\.[0-9A-Za-z]+@/, with: "<MADE@")
      .replacing(/[A-Z][a-z]{2}, +[0-9]+ [A-Z][a-z]{2} [0-9]{4} [0-9:]{8}/, with: "DATE")
  }

  /// Sends one message; the codes of the replies.
  static func send(_ text: String, from sender: String, to recipient: String, port: UInt16) throws -> [Int] {
    let session = try SMTPSession(port: port)
    var codes = [try session.say("EHLO client.example").code]
    codes.append(try session.say("MAIL FROM:<\(sender)>").code)
    codes.append(try session.say("RCPT TO:<\(recipient)>").code)
    codes.append(try session.say("DATA").code)
    let stuffed =
      (text.hasPrefix(".") ? "." : "")
      + text.replacingOccurrences(of: "\n.", with: "\n..")
      .replacingOccurrences(of: "\n", with: "\r\n")
    try session.send(Array(stuffed.utf8))
    codes.append(try session.say(".").code)
    session.close()
    return codes
  }
}
