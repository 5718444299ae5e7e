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

  /// - Parameter calls: of the site file; empty where there is only a .cf.
  func write(
    _ configuration: CFFile, calls: [SiteCall], tables: TableSource, to output: inout StagedOutput
  ) throws -> TranslationResult {
    let result = Translator(
      configuration: configuration, calls: calls, tables: tables, hostName: hostName
    ).translate()
    report.show(result.diagnostics)
    if result.diagnostics.contains(where: { $0.severity == .error }) {
      throw ExitCode(ExitStatus.dataError.rawValue)
    }
    let texts = result.side.files.map { ($0.name, $0.bytes) }
    let reports = [
      ("report.txt", Array(result.report.text.utf8)), ("report.json", Array(result.report.json.utf8)),
    ]
    try output.makeFolder(folder)
    for (name, bytes) in texts + reports { try output.add(folder + "/" + name, bytes) }
    return result
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
