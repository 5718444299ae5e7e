// HeaderTests.swift: fields, their addresses, and the forms of a message.

import Delivery
import MailAddress
import TestSupport
import Testing

@Suite("Header sections")
struct HeaderBlockTests {
  private static let pieces = [
    "\n", "\r\n", " ", "\t", ":", "From", "To: a@b\n", "Received: x\r\n", "X: y\n z\n", "From ", ">", "\r", "\n\n",
  ]

  @Test("noise: what is parsed is rendered again, byte for byte")
  func noiseRoundTrip() {
    var noise = Noise(seed: 31)
    for _ in 0..<5000 {
      let text = noise.text(of: Self.pieces, most: 20)
      let block = HeaderBlock(text)
      #expect(block.message == text)
      for field in block.fields { _ = field.body }
    }
  }

  @Test("noise: what is added is there when it is parsed again, and the rest stays")
  func noiseEditing() {
    var noise = Noise(seed: 32)
    for _ in 0..<5000 {
      let text = noise.text(of: Self.pieces, most: 20)
      var block = HeaderBlock(text)
      let names = block.fields.map(\.name)
      let body = block.body
      block.prepend(bytes("First"), noise.text(of: Self.pieces, most: 5))
      block.append(bytes("Last"), noise.text(of: Self.pieces, most: 5))
      let again = HeaderBlock(block.message)
      #expect(again.fields.map(\.name) == [bytes("First")] + names + [bytes("Last")])
      #expect(again.body == body)
    }
  }

  @Test("fields keep folds and order; names know no case")
  func fields() {
    let block = HeaderBlock(bytes("To: a\n b\nX-y : c\n\nto: body\n"))
    #expect(block.fields.map(\.name) == [bytes("To"), bytes("X-y")])
    #expect(block.fields.map(\.body) == [bytes(" a\n b"), bytes(" c")])
    #expect(block.has(bytes("TO")) && block.has(bytes("x-Y")) && !block.has(bytes("from")))
    #expect(block.body == bytes("to: body\n"))
  }

  @Test("a line that is no field begins the body")
  func badLine() {
    var block = HeaderBlock(bytes("To: a\nno field\nx: y\n"))
    #expect(block.fields.count == 1)
    block.append(bytes("N"), bytes("v"))
    #expect(block.message == bytes("To: a\nN: v\n\nno field\nx: y\n"))
  }

  @Test("an added field cannot bring others with it, and takes the message's line ends")
  func harmless() {
    var block = HeaderBlock(bytes("To: a\r\n\r\nbody"))
    block.prepend(bytes("X"), bytes("a\nBcc: evil\n\nbody"))
    #expect(block.message == bytes("X: a\r\n\tBcc: evil\r\n\tbody\r\nTo: a\r\n\r\nbody"))
    block.rewriteBodies { $0.isNamed(bytes("To")) ? bytes(" b\nEvil: c\n") : nil }
    #expect(HeaderBlock(block.message).fields.map(\.name) == [bytes("X"), bytes("To")])
  }

  @Test("fields of final delivery stand in Postfix's order")
  func delivery() {
    var block = HeaderBlock(bytes("Return-Path: <old>\nSubject: s\n\nx"))
    block.prepend(HeaderBlock.received, bytes("from a\n\tby b; now"))
    block.stampDelivery(sender: [], original: bytes("o@a"), delivered: bytes("d@a"))
    #expect(
      block.message.text == "Return-Path: <>\nX-Original-To: o@a\nDelivered-To: d@a\nReceived: from a\n\tby b; now\n"
        + "Subject: s\n\nx")
  }

  @Test("circles are found by Delivered-To and by counting")
  func loops() {
    let block = HeaderBlock(bytes("Received: a\nReceived: b\nDelivered-To: X@Y\n\n"))
    #expect(failure { try block.checkLoops(recipient: bytes("x@y"), mostHops: 9) }?.enhancedCode == "5.4.6")
    #expect(failure { try block.checkLoops(recipient: bytes("z@y"), mostHops: 1) }?.enhancedCode == "5.4.6")
    #expect(failure { try block.checkLoops(recipient: bytes("z@y"), mostHops: 2) } == nil)
    #expect(failure { try block.checkLoops(recipient: nil, mostHops: 2) } == nil)
  }
}

@Suite("Addresses in fields")
struct AddressFieldsTests {
  private static let pieces = [
    "a@b", "<", ">", "\"", "\\", "(", ")", ",", ";", ":", " ", "\n ", "@", ".", "john", "[1.2.3.4]", "<x@y>", "\"q,r\"",
  ]

  @Test("noise: spans are in order and not empty")
  func noise() {
    var noise = Noise(seed: 42)
    for _ in 0..<20_000 {
      let text = noise.text(of: Self.pieces, most: 15)
      var end = 0
      for span in AddressFields.spans(text) {
        #expect(span.lowerBound >= end && !span.isEmpty && span.upperBound <= text.count)
        end = span.upperBound
      }
    }
  }

  /// A body, and the same with `N` for each address.
  static let bodies: [(body: String, marked: String)] = [
    (" a@b", " N"), (" a@b, c", " N, N"), (" John Doe <a@b>", " John Doe <N>"),
    (" \"Doe, John\" <a@b> (at work), c@d (x)", " \"Doe, John\" <N> (at work), N (x)"),
    (" list: a@b, c@d;, e", " list: N, N;, N"), (" undisclosed-recipients:;", " undisclosed-recipients:;"),
    (" <@r,@s:a@b>", " <N>"), (" @r:a@b", " N"), (" <>", " <>"), ("", ""), (" (only a comment)", " (only a comment)"),
    (" a@b,\n\tc@d", " N,\n\tN"), (" \"a@x\"@b", " N"), (" a (c) @ b", " N"), (" a@[1.2.3.4]", " N"),
    (" <a@b", " <N"), (" \"open", " N"), (" a,,b", " N,,N"), (" g: <a@b>;", " g: <N>;"), (" a\\,b@c", " N"),
  ]

  @Test("the address part is found", arguments: bodies)
  func finds(_ body: String, _ marked: String) {
    var text = bytes(body)
    for span in AddressFields.spans(text).reversed() { text.replaceSubrange(span, with: bytes("N")) }
    #expect(text.text == marked)
  }
}

@Suite("Forms of a message")
struct MessageFormTests {
  @Test("the line limit counts as sendmail counts")
  func lineLimit() {
    var form = MessageForm()
    form.lineLimit = 10
    form.lineEnd = bytes("\r\n")
    #expect(form.render(bytes("1234567890\n12345678901\n")).text == "1234567890\r\n123456789!\r\n 01\r\n")
    #expect(form.render(bytes("123456789abcdefghABCDEFGH")).text == "123456789!\r\n abcdefgh!\r\n ABCDEFGH\r\n")
  }

  @Test("smtp(8) breaks lines without a mark")
  func unmarkedBreaks() {
    var form = MessageForm()
    form.lineLimit = 10
    form.marksBreaks = false
    #expect(
      form.render(bytes("1234567890\n123456789012345678901\n")).text == "1234567890\n1234567890\n 123456789\n 01\n")
  }

  @Test("noise: no line is longer than the limit, and nothing is lost")
  func noiseLimit() {
    var noise = Noise(seed: 51)
    for _ in 0..<2000 {
      let text = noise.text(of: ["abcdefgh", "\n", "!", " "], most: 12).filter { $0 != 0x0D }
      var form = MessageForm()
      let limit = Int.random(in: 3...12, using: &noise.generator)
      form.lineLimit = limit
      let result = form.render(text)
      #expect(result.split(separator: 0x0A).allSatisfy { $0.count <= limit })
      if !text.contains(0x21) {
        let joined = result.text.split(separator: "!\n ", omittingEmptySubsequences: false).joined()
        #expect(bytes(joined) == (text.isEmpty || text.last == 0x0A ? text : text + [0x0A]) || !isASCII(text))
      }
    }
  }

  private func isASCII(_ text: Bytes) -> Bool { text.allSatisfy { $0 < 0x80 } }

  @Test("dots and From lines")
  func quoting() {
    var form = MessageForm()
    form.quotesDots = true
    form.quotesFromLines = true
    #expect(form.render(bytes(".\nFrom x\nFromage\n")).text == "..\n>From x\nFromage\n")
  }

  @Test("noise: line ends there and back")
  func noiseLineEnds() {
    var noise = Noise(seed: 52)
    for _ in 0..<2000 {
      let text = noise.text(of: ["\n", "\r", "\r\n", "a"], most: 10)
      let network = LineEnds.toNetwork(text)
      #expect(zip([0] + network, network).allSatisfy { $1 != 0x0A || $0 == 0x0D })
      #expect(LineEnds.toFile(network) == LineEnds.toFile(text))
    }
    #expect(LineEnds.toFile(bytes("a\r\nb\rc\r\r\n")) == bytes("a\nb\rc\r\n"))
  }

  @Test("From lines")
  func fromLines() {
    #expect(FromLine.postfix(sender: [], at: 0).text.hasPrefix("From MAILER-DAEMON  "))
    #expect(FromLine.oneLine(bytes("From a\n@b x")).text == "From a @b x")
    #expect(FromLine.date(0).count == 24)
  }
}
