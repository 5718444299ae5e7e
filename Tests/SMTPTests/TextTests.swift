// TextTests.swift: xtext, dots, parameters, paths, headers.

import MailAddress
import SMTP
import TestSupport
import Testing

@Suite("Xtext")
struct XtextTests {
  @Test(arguments: [
    ("abc", "abc"), ("a+b=c", "a+2Bb+3Dc"), ("two words", "two+20words"), ("\u{E9}", "+C3+A9"), ("", ""),
  ])
  func encodes(_ plain: String, _ encoded: String) {
    #expect(Xtext.encode(Array(plain.utf8)).text == encoded)
    #expect(Xtext.decode(encoded.utf8)?.text == plain)
  }

  @Test("what is no xtext", arguments: ["a+", "a+2", "a+zz", "a b", "a=b", "\u{E9}", "a\tb"])
  func refuses(_ text: String) { #expect(Xtext.decode(text.utf8) == nil) }

  @Test("all bytes come back")
  func roundTrip() {
    let bytes = (0...255).map { UInt8($0) }
    #expect(Xtext.decode(Xtext.encode(bytes)) == bytes)
  }
}

@Suite("Dots and line ends")
struct DataTests {
  private func decode(_ wire: [UInt8], chunks: () -> Int) -> (content: [UInt8], ended: Bool, rest: [UInt8]) {
    var decoder = DataDecoder()
    var content: [UInt8] = []
    var rest = wire[...]
    while !rest.isEmpty {
      var chunk = rest.prefix(chunks())
      rest = rest.dropFirst(chunk.count)
      if decoder.decode(&chunk, content: { content += $0 }) == .ended { return (content, true, Array(chunk + rest)) }
    }
    return (content, false, [])
  }

  @Test("a message comes back whatever its lines and chunks are (noise)")
  func roundTrip() {
    var generator = SeededGenerator(seed: 3)
    let alphabet: [[UInt8]] = [[0x2E], [0x0D, 0x0A], [0x41], [0x2E, 0x2E], [0xE9], [0x20]]
    for _ in 0..<2000 {
      var message: [UInt8] = []
      for _ in 0..<Int.random(in: 0...30, using: &generator) {
        message += alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
      }
      var encoder = DataEncoder()
      var wire: [UInt8] = []
      var rest = message[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...5, using: &generator)
        encoder.encode(rest.prefix(count), into: &wire)
        rest = rest.dropFirst(count)
      }
      encoder.finish(into: &wire)
      wire += [0x51]
      if !message.isEmpty, message.suffix(2) != [0x0D, 0x0A] { message += [0x0D, 0x0A] }
      let decoded = decode(wire) { Int.random(in: 1...4, using: &generator) }
      #expect(decoded.content == message)
      #expect(decoded.ended)
      #expect(decoded.rest == [0x51])
    }
  }

  @Test(
    "what a queue keeps becomes what DATA carries",
    arguments: [
      ("a\nb\n", "a\r\nb\r\n.\r\n"), ("a", "a\r\n.\r\n"), ("", ".\r\n"), (".\n", "..\r\n.\r\n"),
      ("a\rb\n", "ab\r\n.\r\n"),
      ("\r.\n", "..\r\n.\r\n"), ("a\r\n", "a\r\n.\r\n"), ("a\0b\n", "ab\r\n.\r\n"), ("\0.a\n", "..a\r\n.\r\n"),
    ])
  func encodes(_ text: String, _ wire: String) {
    for size in 1...4 {
      var encoder = DataEncoder()
      var output: [UInt8] = []
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        encoder.encode(rest.prefix(size), into: &output)
        rest = rest.dropFirst(size)
      }
      encoder.finish(into: &output)
      #expect(output.text == wire)
    }
  }

  /// As the real program queues it, first with smtpd_forbid_bare_newline = no (where some of these dots would
  /// end the message there) and then with normalize.
  @Test(
    "what Postfix makes of a CR or an LF alone",
    arguments: [
      ("hi\r\r\nx\r\n", "hi\r\nx\r\n", "hi \r\nx\r\n"),
      ("hi\r\rb\r\n\r\r\r\nx\r\n.\rx\r\n", "hi  b\r\n\r\nx\r\n x\r\n", "hi  b\r\n  \r\nx\r\n x\r\n"),
      ("\rhi\r\n.\r\r\nx\r\n", " hi\r\n\r\nx\r\n", " hi\r\n \r\nx\r\n"),
      ("s\r\nhi\n.\r\nx\r\n", "s\r\nhi\r\nx\r\n", "s\r\nhi\r\nx\r\n"),
      ("hi\r\n.\n.\r\ny\r\n", "hi\r\ny\r\n", "hi\r\ny\r\n"),
      ("hi\r\n.\n.\n.\r\n\r\n", "hi\r\n\r\n", "hi\r\n\r\n"),
      ("hi\r\n\n.\r\ny\r\n", "hi\r\n\r\ny\r\n", "hi\r\n\r\ny\r\n"),
    ])
  func loneEnds(_ wire: String, _ lines: String, _ mended: String) {
    for (loneEnds, expected) in [(DataDecoder.LoneEnds.lines, lines), (.mended, mended)] {
      for size in [1, 2, 3, 5, 100] {
        var decoder = DataDecoder(loneEnds)
        var content: [UInt8] = []
        var rest = Array((wire + ".\r\n").utf8)[...]
        var outcomes: [DataDecoder.Outcome] = []
        while !rest.isEmpty {
          var chunk = rest.prefix(size)
          rest = rest.dropFirst(chunk.count)
          outcomes.append(decoder.decode(&chunk) { content += $0 })
        }
        #expect(content.text == expected, "\(loneEnds) by \(size)")
        #expect(outcomes.last == .ended && !outcomes.dropLast().contains(.ended))
      }
    }
  }

  @Test("the first CR LF . CR LF and nothing else ends a message that begins with a CR LF (noise)")
  func ends() {
    var generator = SeededGenerator(seed: 5)
    let alphabet: [[UInt8]] = [[0x2E], [0x0D], [0x0A], [0x0D, 0x0A], [0x41]]
    let ending: [UInt8] = [0x0D, 0x0A, 0x2E, 0x0D, 0x0A]
    for round in 0..<1500 {
      var wire: [UInt8] = [0x41, 0x0D, 0x0A]
      for _ in 0..<12 { wire += alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
      wire += ending
      let end = wire.indices.first { wire[$0...].starts(with: ending) }.map { $0 + ending.count }
      for loneEnds in [DataDecoder.LoneEnds.lines, .mended] {
        var contents: [[UInt8]] = []
        for size in [1, Int.random(in: 2...9, using: &generator), wire.count] {
          var decoder = DataDecoder(loneEnds)
          var (rest, content): (ArraySlice<UInt8>, [UInt8]) = (wire[...], [])
          var outcome = DataDecoder.Outcome.needsMore
          while !rest.isEmpty, outcome == .needsMore {
            var chunk = rest.prefix(size)
            outcome = decoder.decode(&chunk) { content += $0 }
            rest = wire[min(rest.startIndex + size, wire.count)...]
            if outcome == .ended { rest = wire[chunk.startIndex...] }
          }
          #expect(outcome == .ended && rest.startIndex == end, "\(round), \(loneEnds): \(wire)")
          contents.append(content)
        }
        #expect(Set(contents).count == 1, "\(round), \(loneEnds): \(wire)")
      }
    }
  }

  @Test("returns without end are not kept")
  func returns() {
    var decoder = DataDecoder(.lines)
    var length = 0
    for _ in 0..<10 {
      var chunk = Array(repeating: UInt8(0x0D), count: 999)[...]
      _ = decoder.decode(&chunk) { length += $0.count }
    }
    #expect(length == 9000)
  }

  @Test("the longest line")
  func longestLine() {
    var decoder = DataDecoder()
    var wire = Array("ab\r\n..cd".utf8)[...]
    _ = decoder.decode(&wire) { _ in }
    var more = Array("e\r\nf\r\n.\r\n".utf8)[...]
    _ = decoder.decode(&more) { _ in }
    #expect(decoder.longestLine == 4)
  }

  @Test("content is handed on in slices as large as the input")
  func slices() {
    var decoder = DataDecoder()
    let line = Array(repeating: UInt8(0x61), count: 70) + [0x0D, 0x0A]
    let text = Array(repeatElement(line, count: 500).joined())
    var input = text[...]
    var parts: [Int] = []
    _ = decoder.decode(&input) { parts.append($0.count) }
    #expect(parts == [text.count])
  }
}

@Suite("Headers are measured")
struct HeaderMeterTests {
  @Test(
    arguments: [
      ("Received: x\r\nreceived: y\r\nReceived-SPF: z\r\nX: Received: no\r\n\r\nReceived: body\r\n", 2, 60),
      ("\r\nReceived: body\r\n", 0, 0), ("Received: x\r\n", 1, 13), ("Received\r\n: x\r\n", 0, 0),
      ("Rec\nX: y\n\n", 0, 0), ("X : y\n z\nto be: x\n", 0, 9), ("X: y\nRe\rX: z\n", 0, 5), ("", 0, 0),
    ])
  func hops(_ text: String, _ hops: Int, _ size: Int) {
    for count in [1, 2, 3, 7, 1000] {
      var meter = HeaderMeter()
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        meter.read(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
      #expect(meter.hops == hops)
      #expect(meter.size == size)
    }
    #expect(HeaderMeter.hops(in: Array(text.utf8)) == hops)
  }

  @Test("a line without end counts too")
  func endless() {
    var meter = HeaderMeter()
    meter.read(Array("X:".utf8)[...])
    meter.read(Array(repeating: 0x61, count: 5000)[...])
    #expect(meter.sizeSoFar == 5002)
    meter.read([0x0D, 0x0A, 0x0D][...])
    #expect(meter.size == 5004)
    #expect(meter.sizeSoFar == 5004)
  }
}

@Suite("What stands behind FROM: and TO:")
struct PathArgumentTests {
  @Test(
    arguments: [
      ("TO:<a@b>", "<a@b>", "a@b"), ("to: <a@b>", "<a@b>", "a@b"), ("TO:a@b", "a@b", "a@b"), ("TO:<>", "<>", ""),
      ("TO:<postmaster>", "<postmaster>", "postmaster"),
      ("TO:<@a,@b:c@d>", "<@a,@b:c@d>", "@a,@b:c@d"), ("TO:<\"two words\"@b>", "<\"two words\"@b>", "\"two words\"@b"),
      ("TO:\"two words\"@b", "\"two words\"@b", "\"two words\"@b"), ("TO:<\"a>b\"@c>", "<\"a>b\"@c>", "<\"a>b\"@c>"),
      ("TO:<a@[127.0.0.1]>", "<a@[127.0.0.1]>", "a@[127.0.0.1]"), ("TO:<a @b>", "<a @b>", "a @b"),
      ("TO:<a@b", "<a@b", "<a@b"), ("TO:<<a@b>>", "<<a@b>>", "<<a@b>>"), ("TO:a\\ b@c", "a\\ b@c", "a\\ b@c"),
      ("TO:<a@b>X=Y", "<a@b>X=Y", "<a@b>X=Y"),
    ])
  func paths(_ text: String, _ written: String, _ address: String) throws {
    let path = try #require(PathArgument(Array(text.utf8)[...], keyword: Array("TO".utf8)))
    #expect(path.written.text == written)
    #expect(path.address.text == address)
    #expect(path.parameters.isEmpty)
  }

  @Test("no path", arguments: ["", "TO", "TO:", "TO: ", "FROM:<a@b>", "<a@b>", "TO <a@b>", "TO :<a@b>"])
  func none(_ text: String) { #expect(PathArgument(Array(text.utf8)[...], keyword: Array("TO".utf8)) == nil) }

  @Test("parameters")
  func parameters() throws {
    let path = try #require(
      PathArgument(Array("FROM : <a@b>  size=5\tRET ".utf8)[...], keyword: Array("FROM".utf8), allowsBlank: true))
    #expect(path.parameters.map(\.name.text) == ["SIZE", "RET"])
    #expect(path.parameters.map { $0.value?.text } == ["5", nil])
  }

  @Test("routes", arguments: [("@a,@b:c@d", "c@d"), ("c@d", "c@d"), ("@a", "@a"), ("a:b@c", "a:b@c")])
  func routes(_ address: String, _ without: String) {
    #expect(PathArgument.withoutRoute(Array(address.utf8)).text == without)
  }
}

@Suite("Parameters of MAIL and RCPT")
struct EnvelopeParameterTests {
  private func sender(_ text: String) throws -> SenderParameters {
    var offered = OfferedParameters()
    offered.sizeLimit = 1000
    let path = try #require(PathArgument(Array("FROM:<> \(text)".utf8)[...], keyword: Array("FROM".utf8)))
    return try SenderParameters(path.parameters, offered: offered)
  }

  private func recipient(_ text: String, isLenient: Bool = false) throws -> RecipientParameters {
    var offered = OfferedParameters()
    offered.isLenient = isLenient
    let path = try #require(PathArgument(Array("TO:<a> \(text)".utf8)[...], keyword: Array("TO".utf8)))
    return try RecipientParameters(path.parameters, offered: offered)
  }

  @Test func senderParameters() throws {
    let read = try sender("SIZE=100 body=8bitmime RET=HDRS ENVID=a+2Bb AUTH=<>")
    #expect(read == SenderParameters(size: 100, body: .eightBit, returning: .headers, envelopeID: Array("a+b".utf8)))
  }

  @Test(
    arguments: [
      ("FOO", ParameterFault.Reason.unknown), ("FOO=1", .unknown), ("SIZE=x", .badValue), ("SIZE=1001", .tooLarge),
      ("SIZE=99999999999999999999", .outOfRange), ("RET=FULL RET=FULL", .duplicate), ("BODY=BINARYMIME", .badValue),
      ("ENVID=+", .badValue), ("ENVID=", .badValue), ("ENVID=a ENVID=a", .duplicate), ("SMTPUTF8", .unknown),
    ])
  func senderFaults(_ text: String, _ reason: ParameterFault.Reason) {
    #expect { try sender(text) } throws: { ($0 as? ParameterFault)?.reason == reason }
  }

  @Test func recipientParameters() throws {
    let read = try recipient("NOTIFY=success,DELAY ORCPT=rfc822;a+2Bb@c")
    #expect(read.notify == [.success, .delay])
    #expect(read.notify?.text.text == "SUCCESS,DELAY")
    #expect(read.original?.address.text == "a+b@c")
    #expect(read.original?.text.text == "rfc822;a+2Bb@c")
  }

  @Test(
    arguments: [
      ("NOTIFY=", ParameterFault.Reason.badWord([])), ("NOTIFY=NEVER,SUCCESS", .badWord(Array("NEVER".utf8))),
      ("NOTIFY=SUCCESS,NEVER", .badWord(Array("NEVER".utf8))), ("NOTIFY=,", .badWord([])),
      ("NOTIFY=NEVER NOTIFY=NEVER", .duplicate), ("ORCPT=a", .badValue), ("ORCPT=;a", .badValue), ("NOTIFY", .noValue),
      ("SIZE=1", .unknown),
    ])
  func recipientFaults(_ text: String, _ reason: ParameterFault.Reason) {
    #expect { try recipient(text) } throws: { ($0 as? ParameterFault)?.reason == reason }
  }
  @Test("an end without a word is Postfix's to take, an original recipient without an address both programs'")
  func lenience() throws {
    #expect(try recipient("NOTIFY=SUCCESS,").notify == .success)
    #expect { try recipient("NOTIFY=SUCCESS,", isLenient: true) } throws: {
      ($0 as? ParameterFault)?.reason == .badWord([])
    }
    #expect(try recipient("NOTIFY=DELAY NOTIFY=NEVER", isLenient: true).notify == .never)
    for isLenient in [false, true] {
      #expect(try recipient("ORCPT=rfc822;", isLenient: isLenient).original?.address == [])
    }
  }
}
