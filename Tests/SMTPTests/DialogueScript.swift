// DialogueScript.swift: a dialogue as a text, whose settings stand first.
//
//     voice postfix
//     limit message 100
//     S: 220 mail.test.example ESMTP Postfix
//     C: NOOP
//     S: 250 2.0.0 Ok
//
// C lines without an S or E between them arrive together. `E:` is what happens besides
// replies. In a C line `\r`, `\n`, `\0` and `\\` stand for bytes and `\c` at the end for
// no line end; `#` begins a comment.

import Foundation
import Routing
import SMTP
import TestSupport

struct DialogueScript: Sendable, CustomStringConvertible {
  enum Step: Sendable {
    case client([UInt8])
    case server(String)
  }

  let name: String
  let settings: ServerSettings
  let client: Client
  let steps: [Step]
  var description: String { name }

  static let folder = Checkout.root + "/Tests/SMTPTests/Fixtures"

  static let all: [DialogueScript] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    .filter { $0.hasSuffix(".smtp") }
    .compactMap { name in
      (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)).map { DialogueScript(name, $0) }
    }

  init(_ name: String, _ text: String) {
    self.name = name
    var settings = ServerSettings.test()
    var client = Client.localhost
    var steps: [Step] = []
    for line in text.split(separator: "\n").filter({ !$0.hasPrefix("#") }) {
      if line.hasPrefix("C:") {
        steps.append(.client(Self.bytes(line.dropFirst(3))))
      } else if line.hasPrefix("S: ") || line.hasPrefix("E: ") {
        steps.append(.server(String(line)))
      } else {
        Self.apply(line.split(separator: " ").map(String.init), to: &settings, &client)
      }
    }
    self.settings = settings
    self.client = client
    self.steps = steps
  }

  private static func apply(_ words: [String], to settings: inout ServerSettings, _ client: inout Client) {
    switch (words.first, words.dropFirst().first) {
    case ("voice", "sendmail"): settings = .test(.sendmail)
    case ("dialect", "lmtp"): settings = .test(settings.wording.voice, .lmtp)
    case ("client", let address?): client = Client(address: Array(address.utf8))
    case ("newlines", "refused"): settings.bareLineFeeds = .refused(code: 550)
    case ("newlines", "normalized"): settings.bareLineFeeds = .taken(endsMessage: false)
    case ("xclient", _): settings.allowsXCLIENT = true
    case ("greeting", "required"): settings.requiresGreeting = true
    case ("offer", let name?): ServerExtension(rawValue: name).map { _ = settings.offered.insert($0) }
    case ("limit", let name?): setLimit(name, words.last.flatMap { Int($0) } ?? 0, &settings.limits)
    default: break
    }
  }

  private static func setLimit(_ name: String, _ value: Int, _ limits: inout ServerLimits) {
    switch name {
    case "line": limits.commandLine = value
    case "text": limits.textLine = value
    case "header": limits.header = value
    case "message": limits.message = value
    case "recipients": limits.recipients = value
    case "hops": limits.hops = value
    case "errors": limits.errors = value
    case "delay": limits.errorsBeforeDelay = value
    case "junk": limits.junkCommands = value
    case "refused": limits.refusedRecipients = value
    default: break
    }
  }

  private static func bytes(_ text: Substring) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == 0x5C, let next = rest.popFirst() else {
        result.append(byte)
        continue
      }
      switch next {
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "0"): result.append(0)
      case UInt8(ascii: "c"): return result
      default: result.append(next)
      }
    }
    return result + [0x0D, 0x0A]
  }

  /// What the client says in all.
  var input: [UInt8] {
    steps.reduce(into: []) { bytes, step in
      if case .client(let line) = step { bytes += line }
    }
  }

  /// The script as it goes when our server answers.
  func play() -> [String] {
    var conversation = Conversation(settings, client: client)
    var pending: [UInt8] = []
    for step in steps {
      if case .client(let line) = step {
        pending += line
      } else if !pending.isEmpty {
        conversation.receive(pending)
        pending = []
      }
    }
    if !pending.isEmpty { conversation.receive(pending) }
    return conversation.lines
  }

  var expected: [String] {
    steps.compactMap { step in
      if case .server(let line) = step { line } else { nil }
    }
  }
}
