// ContentChecker.swift: what a mail system says of a message's content, once a client sends it.
//
//     DATA ─► decideData        content ─► pass ─► queue        end of data ─► finish ─► reply
//
// `MailRouter` answers envelopes; an engine that is a `ContentChecker`, too, looks into the
// messages. Most configurations do not, and then there is no check and nothing is done.
//
// Fails: never; what a table cannot say now is `temporaryFailure`.

package protocol ContentChecker {
  /// The check of the next message; nil where the configuration looks at DATA alone.
  func contentCheck() -> (any ContentCheck)?

  /// The answer to an envelope after what the content has changed; `given` is what it was before.
  func answer(_ envelope: Envelope, _ given: EnvelopeAnswer, after verdict: ContentVerdict) -> EnvelopeAnswer

  /// What is said to DATA besides what the envelope's answer says.
  ///
  /// - Parameter memory: of this session's earlier steps.
  func decideData(_ message: ContentFacts, memory: inout (any SessionMemory)?) -> Decision
}

extension ContentChecker {
  package func decideData(_ message: ContentFacts, memory: inout (any SessionMemory)?) -> Decision { .accept }

  package func answer(
    _ envelope: Envelope, _ given: EnvelopeAnswer, after verdict: ContentVerdict
  ) -> EnvelopeAnswer { given }
}

/// The check of one message, which may begin on one thread and end on another.
package protocol ContentCheck: Sendable {
  /// Takes the next part of the content, whose lines end in CR LF; gives what is queued for it.
  mutating func pass(_ content: [UInt8]) -> [UInt8]

  /// All of it was passed.
  ///
  /// - Parameters:
  ///   - router: any of the same configuration.
  ///   - memory: of this session's earlier steps.
  mutating func finish(
    _ message: ContentFacts, _ router: any MailRouter, memory: inout (any SessionMemory)?
  ) -> ContentVerdict
}

/// What is known of a message beside its content.
package struct ContentFacts: Sendable {
  package var queueID: [UInt8]
  /// Recipients that were taken, and those that were refused.
  package var recipients: Int
  package var refusedRecipients: Int

  package init(queueID: [UInt8] = [], recipients: Int, refusedRecipients: Int) {
    self.queueID = queueID
    self.recipients = recipients
    self.refusedRecipients = refusedRecipients
  }
}

/// What becomes of a message for its content.
package struct ContentVerdict: Sendable {
  package var decision = Decision.accept
  /// The end of what is queued.
  package var rest: [UInt8] = []
  /// Everything goes there instead.
  package var redirect: [UInt8]?
  /// The content filter that gets it first, as `transport:destination`.
  package var filter: [UInt8]?
  /// Who gets a copy besides.
  package var blindCopies: [[UInt8]] = []
  /// For the log: what the rules wanted to be noted, and what of them was not carried out.
  package var notes: [Note] = []

  package struct Note: Sendable {
    package let event: String
    package let reason: [UInt8]

    package init(_ event: String, _ reason: [UInt8] = []) { (self.event, self.reason) = (event, reason) }
  }

  package init() {}
}
