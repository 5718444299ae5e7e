// InlineFiles.swift: files of a configuration whose text stands in a file of routing tests.
//
// Engines open paths, so that each text becomes a file in memory, and the root leads there.
// Whatever is said of such a file is said of the place in the tests.

import Diagnostics
import MailAddress
import Posix
import RouteChecks

struct InlineFiles {
  /// To be asked before any other move of the root.
  private(set) var moves: [FileRoot.Move] = []
  private var files: [File] = []

  private struct File {
    let file: MemoryFile
    /// As configurations name it; engines say either this or where it is.
    let names: [String]
    let place: (_ line: Int, _ column: Int) -> SourcePosition
  }

  /// Folders that a relative name may be in.
  private static let folders = ["/etc/mail", "/etc/postfix"]

  init(_ suite: RouteSuite) throws(Errno) {
    for file in suite.files {
      try add(file.path, file.text.bytes) { file.text.position(ofLine: $0, column: $1) }
    }
    guard case .names(let accounts)? = suite.accounts else { return }
    let lines = accounts.enumerated().map { index, name in
      "\(name.value.text):x:\(1000 + index):\(1000 + index)::/home/\(name.value.text):/bin/sh\n"
    }
    try add("/etc/passwd", Array(lines.joined().utf8)) { line, _ in
      accounts.indices.contains(line - 1) ? accounts[line - 1].position : SourcePosition(file: suite.path)
    }
  }

  private mutating func add(
    _ path: String, _ bytes: Bytes, _ place: @escaping (_ line: Int, _ column: Int) -> SourcePosition
  ) throws(Errno) {
    let file = try MemoryFile(bytes)
    let names = path.hasPrefix("/") ? [path] : Self.folders.map { $0 + "/" + path }
    for name in names {
      moves.append(FileRoot.Move(path: name, to: file.path))
      // A database beside the tables is not of this text.
      moves.append(FileRoot.Move(path: name + ".db", to: file.path + ".db"))
    }
    files.append(File(file: file, names: names, place: place))
  }

  func located(_ position: SourcePosition) -> SourcePosition {
    let file = files.first { $0.file.path == position.file || $0.names.contains(position.file) }
    guard let file else { return position }
    return file.place(position.line, position.column)
  }

  func located(_ diagnostic: Diagnostic) -> Diagnostic {
    var diagnostic = diagnostic
    diagnostic.position = diagnostic.position.map(located)
    diagnostic.notes = diagnostic.notes.map { note in Diagnostic.Note(note.text, at: note.position.map(located)) }
    return diagnostic
  }
}
