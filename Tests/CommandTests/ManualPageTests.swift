// The manual pages: groff finds nothing wrong with them, and they name every option that the
// commands themselves tell of.

import Foundation
import TestSupport
import Testing

@Suite("Manual pages")
struct ManualPageTests {
  private static let folder = Checkout.root + "/docs/man"

  /// As people read it, on one line.
  private func text(_ page: String) throws -> String {
    try String(contentsOfFile: Self.folder + "/" + page, encoding: .utf8).replacing("\\-", with: "-")
  }

  @Test(
    "groff has no complaint",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/groff"), "groff not found"))
  func format() throws {
    let pages = try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted()
    #expect(pages == ["m4.1", "mailq.1", "makemap.8", "newaliases.1", "sendmail.8", "waybill.1"])
    for page in pages {
      let result = try run("/usr/bin/groff", ["-man", "-ww", "-z", Self.folder + "/" + page])
      #expect(result.status == 0 && result.output.isEmpty && result.messages.isEmpty, "\(page): \(result)")
    }
  }

  @Test(
    "every option of the help is in the page",
    arguments: [
      ("m4.1", "m4", [["--help"]]), ("sendmail.8", "sendmail", [["--help"]]), ("makemap.8", "makemap", [["-?"]]),
      (
        "waybill.1", "waybill",
        ["build", "check", "trace", "test", "compare", "translate", "setup", "serve", "simulate", "graph"].map {
          ["help", $0]
        }
      ),
    ] as [(String, String, [[String]])])
  func options(_ page: String, _ command: String, _ questions: [[String]]) throws {
    let text = try text(page)
    for question in questions {
      let help = try run(Checkout.command(command), question)
      // An option begins its line, or stands behind a comma or a bracket.
      let found = (help.text + help.messageText).matches(of: #/(?:^|[,\[] ?|\n +)(--?[A-Za-z][A-Za-z-]*)/#)
      let options = Set(found.map { String($0.1) })
      #expect(options.count > 5, "\(question): \(help)")
      for option in options {
        #expect(text.contains("\\fB\(option)\\fR"), "\(page) lacks \(option) of \(question)")
      }
    }
  }
}
