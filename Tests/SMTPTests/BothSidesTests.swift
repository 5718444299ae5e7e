// BothSidesTests.swift: our client and our server talk to each other.

import MailAddress
import Routing
import SMTP
import TestSupport
import Testing

@Suite("Client and server together")
struct BothSidesTests {
  /// Carries bytes to and fro, in pieces of any size, until neither says anything more.
  private struct Wire {
    var client: ClientSession
    var server: Conversation
    var generator: SeededGenerator
    let content: [UInt8]
    var results: [[RecipientResult]] = []
    private var toServer: [UInt8] = []
    private var read = 0

    init(_ client: ClientSettings, _ server: ServerSettings, content: [UInt8], seed: UInt64) {
      self.client = ClientSession(client)
      self.server = Conversation(server)
      self.content = content
      generator = SeededGenerator(seed: seed)
    }

    mutating func deliver(_ message: OutgoingMessage) {
      perform(client.send(message))
      while !toServer.isEmpty || read < server.sent.count {
        let piece = toServer.prefix(Int.random(in: 1...30, using: &generator))
        toServer.removeFirst(piece.count)
        server.receive(Array(piece))
        let said = server.sent[read...]
        read = server.sent.count
        perform(client.receive(Array(said)))
      }
    }

    mutating func perform(_ actions: [ClientAction]) {
      for action in actions {
        switch action {
        case .send(let bytes): toServer += bytes
        case .sendContent: sendContent()
        case .finished(let result): results.append(result)
        case .startTLS, .stopContent, .setTimeout, .close, .judge: break
        }
      }
    }

    private mutating func sendContent() {
      var encoder = DataEncoder()
      encoder.encode(content[...], into: &toServer)
      encoder.finish(into: &toServer)
      perform(client.contentSent())
    }
  }

  @Test("messages arrive as they were, one after the other", arguments: Voice.allCases)
  func delivers(_ voice: Voice) {
    let content = Array(".\r\nSubject: x\r\n\r\n..\r\nhello\r\n.\r\n\r\n".utf8)
    for seed in UInt64(0)..<30 {
      for dialect in [ServerSettings.Dialect.smtp, .lmtp] {
        var clientSettings = ClientSettings(heloName: Array("client.example".utf8))
        clientSettings.dialect = dialect
        clientSettings.usesPipelining = seed % 2 == 0
        var wire = Wire(clientSettings, .test(voice, dialect), content: content, seed: seed)
        wire.perform(wire.client.begin())
        for names in [["one@x", "nobody@x", "full@x"], ["nobody@x"], ["later@x", "two@x"]] {
          wire.deliver(
            OutgoingMessage(
              sender: Array("a@b.example".utf8), recipients: names.map { .init(Array($0.utf8)) },
              size: content.count, envelopeID: Array("id+1".utf8)))
        }
        let outcomes = wire.results.map { $0.map(\.outcome) }
        let full = dialect == .lmtp ? RecipientResult.Outcome.deferred : .delivered
        #expect(outcomes == [[.delivered, .failed, full], [.failed], [.deferred, .delivered]])
        #expect(wire.server.messages == [content, content])
      }
    }
  }
}
