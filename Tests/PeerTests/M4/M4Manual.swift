// M4Manual.swift: the examples of GNU m4's manual, read from its pages.
//
// The pages come with Debian's m4-doc; no text of theirs is kept here. In an example a line
// that begins with `$ ' is a command, one with an arrow is what m4 writes, one with `error'
// and an arrow is what it says, and all others are what it reads, up to a line `^D'.
//
// Fails: a page that cannot be read has no examples; a test counts them.

import Foundation
import TestSupport

struct M4Manual {
  struct Step: Sendable {
    /// For the shell.
    let command: String
    var input: [String] = []
    /// As the manual shows it.
    var output: [String] = []
    fileprivate var isOver = false

    init(command: String = "m4") { self.command = command }
  }

  struct Example: Sendable {
    let page: String
    /// Counted from 1 on its page.
    let number: Int
    let steps: [Step]
  }

  static let folder = Peer.folder + "/root/usr/share/doc/m4"
  /// Files that examples include.
  static let exampleFolder = folder + "/examples"

  static var pages: [String] { names(in: folder).filter { $0.hasSuffix(".html") } }
  static var exampleFiles: [String] { names(in: exampleFolder).filter { $0.hasSuffix(".m4") } }

  private static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  static func examples(on page: String) -> [Example] {
    let text = (try? String(contentsOfFile: folder + "/" + page, encoding: .utf8)) ?? ""
    let parts = text.components(separatedBy: "<pre class=\"example\">").dropFirst()
    return parts.enumerated().map { number, part in
      Example(page: page, number: number + 1, steps: steps(plain(part.components(separatedBy: "</pre>")[0])))
    }
  }

  private static func plain(_ markup: String) -> String {
    var text = markup.replacing(/<[^>]*>/, with: "")
    let signs = [
      ("&rArr;", "\u{21D2}"), ("&rarr;", "\u{2192}"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""),
      ("&lsquo;", "\u{2018}"), ("&rsquo;", "\u{2019}"), ("&hellip;", "\u{2026}"), ("&nbsp;", " "), ("&amp;", "&"),
    ]
    for (entity, sign) in signs { text = text.replacingOccurrences(of: entity, with: sign) }
    return text
  }

  private static func steps(_ text: String) -> [Step] {
    var lines = text.components(separatedBy: "\n")
    if lines.last == "" { lines.removeLast() }
    var steps: [Step] = []
    var step = Step()
    for (number, line) in lines.enumerated() {
      if line.hasPrefix("$ ") {
        if number > 0 { steps.append(step) }
        step = Step(command: String(line.dropFirst(2)))
      } else if line.hasPrefix("\u{21D2}") {
        step.output.append(String(line.dropFirst()))
      } else if line.hasPrefix("^D") {
        step.isOver = true
      } else if !line.hasPrefix("error\u{2192}"), !step.isOver {
        step.input.append(line)
      }
    }
    return steps + [step]
  }
}
