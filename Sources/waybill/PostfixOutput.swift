// PostfixOutput.swift: the Postfix side of a sendmail configuration, written to a folder.

import ArgumentParser
import Diagnostics
import MCCompiler
import Posix
import SendmailCF
import Translation

/// Writes main.cf, master.cf, the tables and the report.
struct PostfixOutput {
  let folder: String
  let report: Report
  /// The name that the host gives itself, where it is known.
  var hostName: String?
  /// Who may come in at all, where that are not all.
  var entrance: ClosedPort?

  /// - Parameter calls: of the site file; empty where there is only a .cf.
  func write(
    _ configuration: CFFile, calls: [SiteCall], tables: TableSource, to output: inout StagedOutput
  ) throws -> TranslationResult {
    var translator = Translator(configuration: configuration, calls: calls, tables: tables, hostName: hostName)
    translator.entrance = entrance
    let result = translator.translate()
    report.show(result.diagnostics)
    if result.diagnostics.contains(where: { $0.severity == .error }) {
      throw ExitCode(ExitStatus.dataError.rawValue)
    }
    let texts = result.side.files.map { ($0.name, $0.bytes) }
    let reports = [
      ("report.txt", Array(result.report.text.utf8)), ("report.json", Array(result.report.json.utf8)),
    ]
    noteUnused(result.side.files.map(\.name))
    try output.makeFolder(folder)
    for (name, bytes) in texts + reports { try output.add(folder + "/" + name, bytes) }
    return result
  }

  /// Tables that only the main.cf of an earlier build named stay, since somebody may have
  /// put them there; that they are of no use is said.
  private func noteUnused(_ written: [String]) {
    guard let earlier = try? readFile(folder + "/main.cf") else { return }
    let mark = Array("$config_directory/".utf8)
    var names: [String] = []
    for start in earlier.indices where earlier[start] == mark[0] && earlier[start...].starts(with: mark) {
      let name = earlier[(start + mark.count)...].prefix { $0 > 0x20 && $0 != 0x2C }
      names.append(String(decoding: name, as: UTF8.self))
    }
    let unused = Set(names).subtracting(written).filter { isReadable(folder + "/" + $0) }.sorted()
    guard !unused.isEmpty else { return }
    report.show([
      Diagnostic(
        .warning,
        .init(
          .unusedTable, "the new main.cf does not name \(unused.joined(separator: ", ")) any more",
          fix: "remove what an earlier build left"), at: SourcePosition(file: folder))
    ])
  }

  /// What was written, in a few lines for a person.
  func summary(_ result: TranslationResult) -> String {
    let files = result.side.files
    var text = "wrote \(folder): \(files.map(\.name).joined(separator: ", "))\n"
    let counts = [Verdict.exact, .approximate, .manual, .none]
      .map { "\(result.report.count($0)) \($0.rawValue)" }.joined(separator: ", ")
    text += "\(result.report.rows.count) things of the input: \(counts); each in \(folder)/report.txt\n"
    let commands = files.compactMap { file in file.builder.map { "\($0.command) \($0.type):/etc/postfix/\(file.name)" }
    }
    if !commands.isEmpty { text += "once installed, run: \(commands.joined(separator: "; "))\n" }
    return text
  }
}
