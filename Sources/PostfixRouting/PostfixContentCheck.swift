// PostfixContentCheck.swift: a message on its way into the queue, line by line past the tables.
//
//     lines ─► fields ─► header_checks … ─┐
//        └───► body lines ─► body_checks ─┴─► kept, changed, left out ─► queue
//
// No more than one field is kept back. After a refusal or DISCARD nothing is looked at.
//
// Fails: what a table cannot say now refuses the message for now.

import MailAddress
import PostfixConfig
import Routing

struct PostfixContentCheck: ContentCheck {
  private let rules: ContentRules
  private var scanner: MIMEScanner
  private var verdict = ContentVerdict()
  /// Nothing more is to be looked at.
  private var isSettled = false
  /// A line that has no end yet.
  private var line: Bytes = []
  /// The lines of a field that may go on.
  private var field: Bytes = []
  private var output: Bytes = []
  /// Bytes of the body that is being read.
  private var bodyLength = 0

  init(_ rules: ContentRules) {
    self.rules = rules
    scanner = MIMEScanner(readsMIME: rules.readsMIME, mostNested: rules.mostNested)
  }

  mutating func pass(_ content: [UInt8]) -> [UInt8] {
    output = []
    output.reserveCapacity(content.count + field.count)
    var rest = content[...]
    while let end = rest.firstIndex(of: .newline) {
      take(line + rest[...end])
      line = []
      rest = rest[(end + 1)...]
    }
    line += rest
    return output
  }

  mutating func finish(
    _ message: ContentFacts, _ router: any MailRouter, memory: inout (any SessionMemory)?
  ) -> ContentVerdict {
    output = []
    if !line.isEmpty { take(line) }
    endField()
    verdict.rest = output
    return verdict
  }

  // MARK: lines

  private mutating func take(_ line: Bytes) {
    if isSettled { return keep(line) }
    let text = Self.withoutEnd(line[...])
    guard scanner.place != .body else { return takeBody(line, text) }
    if let first = text.first, first == 0x20 || first == 0x09, !field.isEmpty {
      field += line
      return
    }
    endField()
    if isSettled { return keep(line) }
    if Self.name(of: text) != nil {
      field = line
    } else {
      scanner.endHeader()
      bodyLength = 0
      if text.isEmpty { keep(line) } else { takeBody(line, text) }
    }
  }

  private static func withoutEnd(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let text = line.last == .newline ? line.dropLast() : line
    return text.last == 0x0D ? text.dropLast() : text
  }

  private static func name(of text: ArraySlice<UInt8>) -> Bytes? {
    guard let colon = text.firstIndex(of: .colon), text.first?.isWhiteSpace == false else { return nil }
    let name = Bytes(text[..<colon]).trimmed
    return !name.isEmpty && name.allSatisfy { (0x21...0x7E).contains($0) } ? name : nil
  }

  private mutating func endField() {
    guard !field.isEmpty else { return }
    let lines = field
    field = []
    let text = Bytes(Self.withoutEnd(lines[...]).filter { $0 != 0x0D })
    guard let name = Self.name(of: text[...]), let colon = text.firstIndex(of: .colon) else { return keep(lines) }
    let value = text[(colon + 1)...]
    apply(rules.list(for: scanner.place, named: name), to: name + [.colon] + value, lines, isField: true)
    scanner.read(field: name, value)
  }

  private mutating func takeBody(_ line: Bytes, _ text: ArraySlice<UInt8>) {
    let isWithin = bodyLength < rules.bodyLimit
    bodyLength += line.count
    if isWithin, !rules.body.isEmpty {
      apply(rules.body, to: Bytes(text), line, isField: false)
    } else {
      keep(line)
    }
    scanner.read(bodyLine: text)
  }

  private mutating func keep(_ lines: Bytes) { output += lines }

  // MARK: what the tables say

  private mutating func apply(_ list: MapList, to text: Bytes, _ lines: Bytes, isField: Bool) {
    do throws(MapList.Failure) {
      guard let hit = try list.lookUp(text) else { return keep(lines) }
      perform(rules.action(hit.value), text, lines, isField ? "header" : "body")
    } catch {
      output += lines
      settle(.temporaryFailure(rules.replies.reply(451, "4.3.0", Bytes(ascii: "Error: queue file write error"))))
      verdict.notes.append(ContentVerdict.Note("warning: \(list.title): \(error.reason)"))
    }
  }

  private mutating func perform(_ action: ContentRules.Action, _ text: Bytes, _ lines: Bytes, _ kind: String) {
    switch action {
    case .nothing, .reject, .discard, .hold, .note, .redirect, .copy, .filter, .pass, .faulty: output += lines
    case .prepend(let added): output += Self.lines(added) + lines
    case .replace(let other): output += Self.lines(other)
    case .remove: break
    }
    switch action {
    case .nothing, .prepend, .replace, .remove(isNoted: false): break
    case .reject(let reply):
      note("reject", kind, text, Bytes("\(reply.enhancedCode ?? "") ".utf8) + reply.text)
      settle(.reject(reply))
    case .discard(let reason):
      note("discard", kind, text, reason)
      settle(.discard(reason: reason))
    case .hold(let reason):
      note("hold", kind, text, reason)
      verdict.decision = .hold(reason: reason)
    case .remove: note("strip", kind, text, [])
    case .note(let word, let reason): note(word, kind, text, reason)
    case .redirect(let address):
      note("redirect", kind, text, address)
      verdict.redirect = address
    case .copy(let address):
      note("bcc", kind, text, address)
      verdict.blindCopies.append(address)
    case .filter(let filter):
      note("filter", kind, text, filter)
      verdict.filter = filter
    case .pass: isSettled = true
    case .faulty(let fault): verdict.notes.append(ContentVerdict.Note("warning: \(kind)_checks: \(fault)"))
    }
  }

  private mutating func settle(_ decision: Decision) {
    verdict.decision = decision
    isSettled = true
  }

  private mutating func note(_ word: String, _ kind: String, _ text: Bytes, _ reason: Bytes) {
    let shown = text.prefix(200).map { (0x20...0x7E).contains($0) ? $0 : 0x3F }
    verdict.notes.append(ContentVerdict.Note("\(word): \(kind) \(Bytes(shown).text)", reason))
  }

  private static func lines(_ text: Bytes) -> Bytes { text + [0x0D, .newline] }
}
