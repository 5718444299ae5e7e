// FindingsOutput.swift: messages in the forms that --diagnostics chooses.
//
//     plain    GNU m4's lines                rich    with source line, caret, calls and causes
//     json     an object a line, as `waybill --json` writes it

import Diagnostics
import Glibc
import MacroProcessor
import Posix

enum FindingsForm: String { case plain, rich, json }

/// Renders what the processor says; files are read again for the lines shown.
final class FindingsOutput {
  private let form: FindingsForm
  private var files: [String: [[UInt8]]] = [:]

  init(_ form: FindingsForm) { self.form = form }

  func receive(_ message: Message) {
    guard message.severity != .printed else { return write(message.text) }
    show(message.finding(line))
  }

  func show(_ findings: [Diagnostic]) { for finding in findings { show(finding) } }

  private func show(_ finding: Diagnostic) {
    let text: String
    switch form {
    case .json: text = JSONRenderer().render(finding)
    case .rich, .plain:
      text = TerminalRenderer(colour: isatty(2) == 1 && getenv("NO_COLOR") == nil, sourceLine: line).render(finding)
    }
    write(Array(text.utf8))
  }

  private func write(_ bytes: [UInt8]) {
    // Nowhere is left to say that this failed.
    try? writeAll(2, bytes)
  }

  private func line(_ position: SourcePosition) -> [UInt8]? {
    if files[position.file] == nil {
      // A pipe cannot be read again, nor can standard input, by whatever name.
      let isPlain = FileTrust(position.file)?.isRegular ?? false
      let text = isPlain && position.file != "stdin" ? try? readFile(position.file) : nil
      files[position.file] = text?.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init) ?? []
    }
    return files[position.file].flatMap { $0.indices.contains(position.line - 1) ? $0[position.line - 1] : nil }
  }
}
