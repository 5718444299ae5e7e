// Answers.swift: what somebody answered about a host, question by question.
//
// Every answer is a list of words: one word for a name or a choice, none where the
// host has no such thing. So the dialogue, the answers file and the texts made of
// the answers treat all questions alike.

/// What a host is to do with mail.
package enum HostKind: String, CaseIterable, Sendable {
  case nullClient = "null-client"
  case smartHostClient = "smart-host-client"
  case workstation
  case relay
  case domainServer = "domain-server"

  package var meaning: String {
    switch self {
    case .nullClient: "keeps no mail; everything goes to one hub"
    case .smartHostClient: "keeps the mail of its own users; all other mail goes to a smart host"
    case .workstation: "keeps the mail of its own users; other mail goes directly to where it belongs"
    case .relay: "takes mail for domains that are kept elsewhere, and sends for others"
    case .domainServer: "keeps the mail of whole domains, and sends for others"
    }
  }
}

/// The name of a question, as it stands in an answers file.
package enum QuestionName: String, CaseIterable, Sendable {
  case kind
  case hostName = "host-name"
  case hub
  case smartHost = "smart-host"
  case localNames = "local-names"
  case virtualUsers = "virtual-users"
  case listen
  case relayNetworks = "relay-networks"
  case relayDomains = "relay-domains"
  case refuse
  case masquerade
  case exposedUsers = "exposed-users"
  case senderAddresses = "sender-addresses"
  case localDelivery = "local-delivery"
  case queueInterval = "queue-interval"
  case keepCalls = "keep-calls"
}

/// Words by the questions that they answer.
package struct Answers: Sendable, Equatable {
  private var words: [QuestionName: [String]] = [:]

  package init() {}

  package subscript(_ name: QuestionName) -> [String] {
    get { words[name] ?? [] }
    set { words[name] = newValue }
  }

  /// Whether there is an answer, be it "none".
  package func has(_ name: QuestionName) -> Bool { words[name] != nil }

  package mutating func forget(_ name: QuestionName) { words[name] = nil }

  package var kind: HostKind { self[.kind].first.flatMap(HostKind.init) ?? .workstation }
  package var hostName: String { self[.hostName].first ?? "localhost.localdomain" }
  package var keepsMail: Bool { kind == .smartHostClient || kind == .workstation || kind == .domainServer }
  package var sendsForOthers: Bool { kind == .relay || kind == .domainServer }
}
