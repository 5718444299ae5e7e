// LibrarySite.swift: one site of the fixtures, compiled with both m4 libraries.
//
// The site lies in a folder of its own, since a .cf names tables and class files by
// absolute path and the real sendmail reads them there. sendmail's own library is
// expanded by GNU m4, ours by the compiler that `waybill build` uses. Both .cf get one
// ruleset more, which lets test mode ask questions of two arguments.
//
// Fails: with what m4, the compiler or makemap said.

import Foundation
import MCCompiler
import TestSupport

/// Which library a .cf was made with.
enum LibrarySide: String, CaseIterable, Sendable {
  case stock, ours

  var configuration: String { rawValue + ".cf" }
}

struct LibrarySite {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  static let host = "mail.example.org"
  static let macros = Checkout.root + "/macros"

  let folder: TemporaryFolder
  /// What each side says while it compiles.
  let messages: [LibrarySide: String]
  /// Each side's .cf, as text of one byte a character.
  let texts: [LibrarySide: String]
  /// The keys of each table, in order.
  let keys: [String: [String]]
  /// Lines of Fixtures/library/questions/NAME.
  let ownQuestions: [String]
  /// The .mc file.
  let source: String

  init(_ name: String) throws {
    try self.init(files: try Self.files(of: name), ownQuestions: try Self.ownQuestions(of: name))
  }

  init(files: [(name: String, text: String)], ownQuestions: [String] = []) throws {
    folder = try TemporaryFolder()
    self.ownQuestions = ownQuestions
    source = files.first { $0.name == "sendmail.mc" }?.text ?? ""
    chmod(folder.path, 0o755)
    var keys: [String: [String]] = [:]
    for (file, text) in files {
      let text = text.replacingOccurrences(of: "/etc/mail/", with: folder.path + "/")
      try folder.write(file, Latin1.bytes(text))
      if SendmailHost.tables.contains(file) {
        keys[file] = try Self.build(file, text, in: folder.path)
      }
    }
    self.keys = keys
    try folder.write("service.switch", "hosts\tfiles\naliases\tfiles\npasswd\tfiles\n")
    try folder.write("hosts", Self.hosts)
    let stock = try Self.expandStock(in: folder.path)
    let ours = try Self.compileOurs(in: folder.path)
    messages = [.stock: stock.messageText, .ours: ours.messageText]
    texts = [.stock: Latin1.text(stock.output), .ours: Latin1.text(ours.output)]
    for (side, text) in texts {
      try folder.write(side.configuration, Latin1.bytes(Self.blameless + text + Self.pair))
    }
  }

  /// Names that exist for sendmail, which asks no name server in tests.
  private static let hosts = """
    127.0.0.1 localhost
    192.0.2.1 resolves.example resolves
    192.0.2.25 mail.example.org
    192.0.2.40 known.example.com
    192.0.2.50 can.example h.can.example

    """

  /// A temporary folder stands in one that all may write to, in which sendmail opens no map.
  private static let blameless = """
    O DontBlameSendmail=GroupWritableDirPathSafe,MapInUnsafeDirPath,LinkedMapInWritableDir,ClassFileInUnsafeDirPath

    """

  /// Test mode takes a typed `$|` for two characters; this makes a separator of it.
  private static let pair =
    "\nSpair\nR$* $$| $* $$| $*\t$: $1 $| $2 $| $3\nR$* $$| $*\t$: $1 $| $2\n"

  // MARK: The fixtures

  /// The sites that translation is tested on, and some more.
  static let folders = ["translation", "library"].map {
    Checkout.root + "/Tests/PeerTests/Fixtures/" + $0
  }

  static let names: [String] = folders.flatMap { folder in
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)/sendmail.mc")
    }
  }.sorted()

  static func files(of name: String) throws -> [(name: String, text: String)] {
    guard
      let parent = folders.first(where: {
        FileManager.default.fileExists(atPath: "\($0)/\(name)/sendmail.mc")
      })
    else { throw Failure(description: "no fixture \(name)") }
    return try FileManager.default.contentsOfDirectory(atPath: "\(parent)/\(name)").sorted().map {
      ($0, try String(contentsOfFile: "\(parent)/\(name)/\($0)", encoding: .isoLatin1))
    }
  }

  private static func ownQuestions(of name: String) throws -> [String] {
    let path = Checkout.root + "/Tests/PeerTests/Fixtures/library/questions/" + name
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try String(contentsOfFile: path, encoding: .isoLatin1).split(separator: "\n").map(
      String.init)
  }

  private static func build(_ table: String, _ text: String, in folder: String) throws -> [String] {
    let empty = folder + "/empty.cf"
    try "V10\n".write(toFile: empty, atomically: true, encoding: .utf8)
    let result = try Peer.makemap.run(
      ["-C", empty, "hash", "\(folder)/\(table).db"], input: Latin1.bytes(text))
    let said = result.messageText.split(separator: "\n").filter {
      !$0.hasPrefix("WARNING: World writable")
    }
    guard result.status == 0, said.isEmpty else {
      throw Failure(description: "makemap \(table): \(result)")
    }
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
      $0.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }
  }

  // MARK: Compiling

  private static func expandStock(in folder: String) throws -> RunResult {
    let result = try Peer.m4.run(
      [
        "-D_NO_MAKEINFO_", "-D_CF_DIR_=\(Peer.library)/", Peer.library + "/m4/cf.m4", "sendmail.mc",
      ], in: folder)
    guard result.status == 0 else { throw Failure(description: "m4: \(result)") }
    return result
  }

  private static func compileOurs(in folder: String) throws -> RunResult {
    guard let library = Library(folder: macros) else {
      throw Failure(description: "no library at \(macros)")
    }
    let result = MCCompiler(library: library).compile(folder + "/sendmail.mc")
    let messages = result.diagnostics.map(\.message.text).joined(separator: "\n")
    guard !result.hasErrors else { throw Failure(description: messages) }
    return RunResult(output: result.configuration, messages: Array(messages.utf8), status: 0)
  }
}
