// RouteSuite.swift: a file of routing tests as values.
//
// Nothing here opens a file or asks an engine: paths are as they were written, and whoever
// runs the cases (an engine, or mail that is really sent) is given them as a list.

import Diagnostics
import MailAddress
import Routing
import YAML

/// What a file of routing tests says.
package struct RouteSuite: Sendable {
  package let path: String
  /// Each case is run under each of them.
  package var configurations: [Stated<String>] = []
  /// The host's name, for configurations that leave it to the host.
  package var host: String?
  /// The folder that stands in for /etc/mail.
  package var tables: Stated<String>?
  /// Files that stand in for those of the configuration.
  package var files: [SuiteFile] = []
  package var accounts: Accounts?
  package var zone: Source?
  package var cases: [RouteCase] = []

  /// Text in the file itself, or in another one.
  package enum Source: Sendable {
    case inline(InlineText)
    case file(Stated<String>)
  }

  package enum Accounts: Sendable {
    case names([Stated<Bytes>])
    /// In the form of passwd(5).
    case file(Stated<String>)
  }
}

/// A file whose text stands in the suite.
package struct SuiteFile: Sendable {
  /// As the configuration names it, or relative to the folder of its tables.
  package let path: String
  package let text: InlineText
}

/// Text in a YAML file, whose lines have their places there.
package struct InlineText: Sendable {
  package let bytes: Bytes
  private let node: YAMLNode

  init(_ bytes: Bytes, _ node: YAMLNode) {
    self.bytes = bytes
    self.node = node
  }

  package func position(ofLine line: Int, column: Int) -> SourcePosition {
    node.position(ofLine: line, column: column)
  }
}

/// One envelope with one recipient, and what is to become of it.
package struct RouteCase: Sendable {
  package var name: String
  package var position: SourcePosition
  package var client: Client
  /// Whether only the client's address is known, so that a zone may say its name.
  package var wantsClientName: Bool
  package var sender: Bytes
  package var recipient: Bytes
  package var size: Int?
  package var expectation: Expectation
  /// What one of the two programs is to do otherwise.
  package var exceptions: [MailProgram: Expectation]

  package func expectation(of program: MailProgram) -> Expectation {
    exceptions[program].map { expectation.changed(by: $0) } ?? expectation
  }

  /// - Parameter names: who says the client's name; nil where nobody is asked.
  package func envelope(names: ClientNames? = nil) -> Envelope {
    var client = client
    if wantsClientName, let names {
      let found = names.client(at: client.address.text)
      (client.name, client.nameState, client.reverseName) = (found.name, found.nameState, found.reverseName)
      client.helo = client.helo ?? found.name
    }
    if client.arrival == .smtp { client.helo = client.helo ?? client.name ?? Bytes(ascii: "client.example") }
    return Envelope(client: client, sender: sender, recipients: [recipient], size: size)
  }
}

/// Whose configuration it is.
package enum MailProgram: String, Sendable, CaseIterable {
  case sendmail, postfix
}
