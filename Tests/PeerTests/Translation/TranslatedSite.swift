// TranslatedSite.swift: a site of the fixtures, compiled with sendmail's own library
// and translated.
//
// The site lies in a folder of its own, since its .cf names tables by absolute path
// and the real sendmail reads them there.

import Diagnostics
import Foundation
import MCCompiler
import SendmailCF
import TestSupport
import Testing
import Translation

struct TranslatedSite {
  /// The name of the machine that the site is for.
  let host: String
  let folder: TemporaryFolder
  let compilation: Compilation
  let configuration: CFFile
  let result: TranslationResult

  /// - Parameters:
  ///   - name: a folder below the fixtures or the examples.
  ///   - usesCalls: false to translate the .cf alone.
  ///   - without: lines to leave out: the beginning of them, by file.
  ///   - library: the m4 library, sendmail's own or ours.
  init(
    _ name: String, usesCalls: Bool = true, without: [String: String] = [:], library path: String = Peer.library
  ) throws {
    host = Self.isExample(name) ? "mail.example.edu" : "mail.example.org"
    folder = try TemporaryFolder()
    chmod(folder.path, 0o755)
    let source = Self.folder(of: name)
    for file in try FileManager.default.contentsOfDirectory(atPath: source).sorted() {
      var text = try String(contentsOfFile: source + "/" + file, encoding: .utf8)
      if let start = without[file] {
        text = text.components(separatedBy: "\n").filter { !$0.hasPrefix(start) }.joined(
          separator: "\n")
      }
      let isSite = file == "sendmail.mc"
      let placed = isSite && Self.isExample(name) ? Self.placed(text) : text
      try folder.write(file, placed.replacingOccurrences(of: "/etc/mail/", with: folder.path + "/"))
    }
    try folder.write("service.switch", "hosts\tfiles\naliases\tfiles\npasswd\tfiles\n")
    guard let library = Library(folder: path) else { throw PeerMissing() }
    var compiler = MCCompiler(library: library)
    compiler.definitions = [("MAIL_SETTINGS_DIR", folder.path + "/")]
    compilation = compiler.compile(folder.path + "/sendmail.mc")
    configuration = CFReader.read(compilation.configuration, name: folder.path + "/sendmail.cf")
    let translator = Translator(
      configuration: configuration, calls: usesCalls ? compilation.calls : [], hostName: host)
    result = translator.translate()
  }

  struct PeerMissing: Error {}

  /// Examples say nothing of the folder and the files that a test has; they come after
  /// the OSTYPE, which sets the folder too.
  private static func placed(_ text: String) -> String {
    var lines = text.components(separatedBy: "\n").filter { !$0.hasPrefix("include(") }
    let line = lines.firstIndex { $0.hasPrefix("OSTYPE(") } ?? 0
    lines.insert(
      contentsOf: [
        "define(`MAIL_SETTINGS_DIR', `/etc/mail/')dnl",
        "define(`confSERVICE_SWITCH_FILE', MAIL_SETTINGS_DIR`'service.switch)dnl",
        "define(`confHOSTS_FILE', MAIL_SETTINGS_DIR`'hosts)dnl",
      ], at: line + 1)
    return lines.joined(separator: "\n")
  }

  static func folder(of name: String) -> String {
    Checkout.root + "/" + (isExample(name) ? name : fixtures + "/" + name)
  }

  private static func isExample(_ name: String) -> Bool { name.hasPrefix("examples/") }

  private static let fixtures = "Tests/PeerTests/Fixtures/translation"

  /// Every site of the fixtures, and the examples.
  static let names: [String] = {
    let own =
      (try? FileManager.default.contentsOfDirectory(atPath: Checkout.root + "/" + fixtures)) ?? []
    let examples =
      (try? FileManager.default.contentsOfDirectory(atPath: Checkout.root + "/examples")) ?? []
    return own.sorted()
      + examples.sorted().map { "examples/" + $0 }.filter {
        FileManager.default.fileExists(atPath: Checkout.root + "/\($0)/sendmail.mc")
      }
  }()

  // MARK: the real sendmail's side

  /// Writes the .cf and builds its tables with the real makemap.
  ///
  /// - Parameter names: domains that exist, where no name server is asked.
  func prepareSendmail(resolving names: Set<String>) throws {
    try folder.write(
      "hosts",
      "127.0.0.1 localhost\n192.0.2.25 \(host)\n"
        + names.union(newNames).sorted().map { "198.51.100.1 \($0)\n" }.joined())
    try folder.write(
      "sendmail.cf", Array(Self.trust.utf8) + compilation.configuration + Array(Self.pair.utf8))
    try folder.write("mini.cf", "V10\n")
    for map in configuration.maps where map.mapType == Array("hash".utf8) {
      let words = String(decoding: map.arguments, as: UTF8.self).split(separator: " ")
      guard let path = words.last.map(String.init), path.hasPrefix(folder.path) else { continue }
      guard let text = FileManager.default.contents(atPath: path) else { continue }
      let made = try Peer.makemap.run(
        ["-C", folder.path + "/mini.cf", "hash", path], input: Array(text))
      try #require(made.status == 0, "makemap \(path): \(made)")
    }
  }

  /// sendmail opens no map below a folder that all may write to, as temporary ones are.
  /// First of all, because class files are read under it, too.
  private static let trust = "O DontBlameSendmail=\(trusted)\n"

  static let trusted =
    "GroupWritableDirPathSafe,MapInUnsafeDirPath,LinkedMapInWritableDir,"
    + "ClassFileInUnsafeDirPath,LinkedClassFileInWritableDir,DontWarnForwardFileInUnsafeDirPath"

  /// What old names of the domaintable become.
  private var newNames: [String] {
    guard let data = FileManager.default.contents(atPath: folder.path + "/domaintable") else {
      return []
    }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap {
      $0.split(separator: "\t").last.map(String.init)
    }
  }

  /// A ruleset that turns the text `$|` into the symbol, which test mode does not.
  private static let pair = "\nSpair\nR$* $$| $*\t$: $1 $| $2\n"
}
