// Report.swift: diagnostics and answers on their way to people and programs.

import ArgumentParser
import Diagnostics
import Glibc
import Posix

/// Writes text to standard error.
func writeError(_ text: String) {
  // Nowhere is left to say that this failed.
  try? writeAll(2, Array(text.utf8))
}

/// Writes bytes to standard output; a failure ends the command.
func writeOutput(_ bytes: [UInt8]) throws {
  do throws(Errno) { try writeAll(1, bytes) } catch {
    // The reader of a pipe went away: nobody waits for the rest.
    if error.code == EPIPE { throw ExitCode(0) }
    writeError("waybill: cannot write the output: \(error)\n")
    throw ExitCode(ExitStatus.inputOutput.rawValue)
  }
}

func writeOutput(_ text: String) throws { try writeOutput(Array(text.utf8)) }

/// Shows findings as the options want them.
struct Report {
  let isJSON: Bool
  let isAnnotating: Bool
  let sourceLine: (SourcePosition) -> [UInt8]?

  /// - Parameter sourceLine: the line of a text that is no file, or not the file as it
  ///   is now; others are read for the excerpt.
  init(isJSON: Bool, isAnnotating: Bool = false, _ sourceLine: @escaping (SourcePosition) -> [UInt8]? = { _ in nil }) {
    let files = SourceFiles()
    self.isJSON = isJSON
    self.isAnnotating = isAnnotating
    self.sourceLine = { sourceLine($0) ?? files.line($0) }
  }

  func show(_ diagnostics: [Diagnostic]) {
    let diagnostics = diagnostics.map(withColumn)
    if isAnnotating { annotate(diagnostics) }
    if isJSON {
      let renderer = JSONRenderer()
      for diagnostic in diagnostics { writeError(renderer.render(diagnostic)) }
      return
    }
    let renderer = renderer(for: 2)
    for diagnostic in diagnostics { writeError(renderer.render(diagnostic)) }
  }

  /// The runner reads them from standard error as well; there they are in nobody's way.
  func annotate(_ diagnostics: [Diagnostic]) {
    let renderer = AnnotationRenderer()
    for diagnostic in diagnostics { writeError(renderer.render(diagnostic)) }
  }

  func renderer(for descriptor: Int32) -> TerminalRenderer {
    TerminalRenderer(colour: isColoured(descriptor), sourceLine: sourceLine)
  }

  /// Where the descriptor is a terminal, and people do not mind.
  func isColoured(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 && getenv("NO_COLOR") == nil }

  /// Parsers of lines know the line. The column is where what the message quotes, or a
  /// `$` symbol that it names, stands in it; else the line's beginning.
  private func withColumn(_ diagnostic: Diagnostic) -> Diagnostic {
    guard let position = diagnostic.position, position.line > 0, position.column == 0,
      let line = sourceLine(position)
    else { return diagnostic }
    var result = diagnostic
    let named = namedPart(of: diagnostic.message.text)
    let start = named.isEmpty ? nil : line.firstRange(of: named)?.lowerBound
    result.position?.column = (start ?? 0) + 1
    if start != nil { result.length = named.count }
    return result
  }

  private func namedPart(of text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    if let first = bytes.firstIndex(of: 0x22) {
      return Array(bytes[(first + 1)...].prefix { $0 != 0x22 })
    }
    return bytes.first == 0x24 ? Array(bytes.prefix { $0 != 0x20 }) : []
  }
}

/// The lines of files that diagnostics point into, each file read once.
private final class SourceFiles {
  private var files: [String: [ArraySlice<UInt8>]] = [:]

  func line(_ position: SourcePosition) -> [UInt8]? {
    guard position.line > 0 else { return nil }
    if files[position.file] == nil {
      let text = (try? readFile(position.file)) ?? []
      files[position.file] = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    }
    let lines = files[position.file] ?? []
    return lines.indices.contains(position.line - 1) ? Array(lines[position.line - 1]) : nil
  }
}

/// Ends the command where a folder that an option names is not there.
func requireFolder(_ path: String, _ option: String, _ report: Report) throws {
  guard !isFolder(path) else { return }
  report.show([
    Diagnostic(
      .error,
      .init(
        .cannotRead, "\(path) is no folder", fix: "give \(option) the folder that holds the files"),
      at: SourcePosition(file: path))
  ])
  throw ExitCode(ExitStatus.noInput.rawValue)
}

/// Bytes as text for people; what is no UTF-8 is replaced.
func show(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// `3 warnings`, `1 warning`.
func counted(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
  number == 1 ? "1 \(noun)" : "\(number) \(plural ?? noun + "s")"
}
