// TraceFieldTests.swift: Received: fields as mail systems write them.

import Delivery
import MailAddress
import Simulation
import Testing

@Suite("Received: fields")
struct TraceFieldTests {
  @Test(
    "who had it from whom, by what and when",
    arguments: [
      (
        "from out.example.net (out.example.net [198.51.100.25])\n\tby mail.example.edu (8.17.1/8.17.1) with ESMTP id aB1\n\tfor <emp0@example.edu>; Fri, 27 Nov 2026 01:50:20 GMT",
        [
          "out.example.net", "198.51.100.25", "mail.example.edu", "ESMTP", "emp0@example.edu",
          "Fri, 27 Nov 2026 01:50:20 GMT",
        ]
      ),
      (
        " from a (unknown [IPv6:2001:db8::1]) (using TLSv1.3 with cipher X (256/256 bits))\n (No client certificate requested) by b (Postfix) with ESMTPS id 1 for <x@y>; date (UTC)",
        ["a", "IPv6:2001:db8::1", "b", "ESMTPS", "x@y", "date (UTC)"]
      ),
      ("by localhost with local; today", ["", "", "localhost", "local", "", "today"]),
      ("from by (nobody's (nested; by c) comment) by d", ["by", "", "d", "", "", ""]),
      ("", ["", "", "", "", "", ""]), ("(never closed [1", ["", "", "", "", "", ""]),
    ])
  func field(_ body: String, _ parts: [String]) {
    let field = TraceField(Bytes(body.utf8))
    #expect(
      [field.from, field.address, field.by, field.protocolName, field.recipient, field.date].map(\.text) == parts)
  }

  @Test("the first host's field is the last one of the header")
  func order() {
    let header = HeaderBlock(Bytes("Received: by b; 2\nTo: x\nReceived: by a; 1\n\nReceived: by c; 3\n".utf8))
    #expect(TraceField.all(header).map(\.by.text) == ["a", "b"])
  }
}
