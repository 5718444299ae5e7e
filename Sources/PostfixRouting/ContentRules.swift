// ContentRules.swift: header_checks, body_checks and the like, as main.cf has them.
//
//     /^Subject: .*make money/   REJECT no thanks
//     /^X-Internal:/             IGNORE
//
// Compiled once; there is no value where no table is named.

import MailAddress
import PostfixConfig
import Routing

struct ContentRules: Sendable {
  let header, mime, nested, body: MapList
  let readsMIME: Bool
  let mostNested: Int
  /// So many bytes of each body are looked at.
  let bodyLimit: Int
  let replies: ReplyWriter

  init?(_ cleaning: Settings, opener: TableOpener) {
    func list(_ name: String) -> MapList { MapList(name, of: cleaning, opener: opener) }
    header = list("header_checks")
    mime = list("mime_header_checks")
    nested = list("nested_header_checks")
    body = list("body_checks")
    readsMIME = !cleaning.flag("disable_mime_input_processing")
    mostNested = cleaning.number("mime_nesting_limit", otherwise: 100)
    bodyLimit = cleaning.number("body_checks_size_limit", otherwise: 51200)
    replies = ReplyWriter(softBounce: cleaning.flag("soft_bounce"))
    let isOff = cleaning.list("receive_override_options").contains(Bytes(ascii: "no_header_body_checks"))
    if isOff || [header, mime, nested, body].allSatisfy(\.isEmpty) { return nil }
  }

  func list(for place: MIMEScanner.Place, named name: Bytes) -> MapList {
    switch place {
    case .primary: Self.isOfMIME(name) ? mime : header
    case .part: mime
    case .nested: nested
    case .body: body
    }
  }

  /// Fields that mime_header_checks sees wherever they stand.
  private static func isOfMIME(_ name: Bytes) -> Bool { mimeNames.contains(name.lowercased) }

  private static let mimeNames = Set(
    [
      "content-type", "content-transfer-encoding", "content-description", "content-disposition", "content-id",
      "mime-version",
    ].map { Bytes($0.utf8) })

  /// What a table's right side says to do.
  enum Action: Sendable, Equatable {
    case nothing
    case reject(Reply)
    case discard(Bytes)
    case hold(Bytes)
    /// The line goes, with a note or without.
    case remove(isNoted: Bool)
    case note(String, Bytes)
    case prepend(Bytes)
    case replace(Bytes)
    case redirect(Bytes)
    case copy(Bytes)
    case filter(Bytes)
    /// Looks at nothing more.
    case pass
    /// No such action, or none with that argument.
    case faulty(String)
  }

  func action(_ value: Bytes) -> Action {
    let word = Bytes(value.prefix { !$0.isWhiteSpace })
    let text = Bytes(value[word.count...]).trimmed
    switch word.lowercased.text {
    case "dunno", "ok": return .nothing
    case "reject": return .reject(rejection(text))
    case "discard": return .discard(text)
    case "hold": return .hold(text)
    case "ignore": return .remove(isNoted: false)
    case "strip": return .remove(isNoted: true)
    case "warn": return .note("warning", text)
    case "info": return .note("info", text)
    case "pass": return .pass
    case "prepend" where !text.isEmpty: return .prepend(text)
    case "replace" where !text.isEmpty: return .replace(text)
    case "redirect" where text.contains(.at): return .redirect(text)
    case "bcc" where text.contains(.at): return .copy(text)
    case "filter" where text.contains(.colon): return .filter(text)
    case "prepend", "replace", "redirect", "bcc", "filter":
      return .faulty("bad argument of \(word.text): \(text.text)")
    default: return .faulty("unknown action: \(value.text)")
    }
  }

  /// A text may begin with an enhanced code.
  private func rejection(_ text: Bytes) -> Reply {
    let (enhanced, rest) = ReplyWriter.split(text, usual: "5.7.1")
    let code = enhanced.hasPrefix("4") ? 451 : 550
    return replies.reply(code, enhanced, rest.isEmpty ? Bytes(ascii: "message content rejected") : rest)
  }
}
