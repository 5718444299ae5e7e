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
  static let host = "mail.example.org"

  let folder: TemporaryFolder
  let compilation: Compilation
  let configuration: CFFile
  let result: TranslationResult

  /// - Parameters:
  ///   - name: a folder below the fixtures or the examples.
  ///   - usesCalls: false to translate the .cf alone.
  init(_ name: String, usesCalls: Bool = true, allowsOpenRelay: Bool = false) throws {
    folder = try TemporaryFolder()
    chmod(folder.path, 0o755)
    let source = Self.folder(of: name)
    for file in try FileManager.default.contentsOfDirectory(atPath: source).sorted() {
      let text = try String(contentsOfFile: source + "/" + file, encoding: .utf8)
      let isSite = file == "sendmail.mc"
      // Examples have no line of their own for the places of these two files.
      let more = isSite && !text.contains("confHOSTS_FILE") ? Self.places : ""
      try folder.write(
        file, (isSite ? text.replacingOccurrences(of: "MAILER(`local')", with: more + "MAILER(`local')") : text)
          .replacingOccurrences(of: "/etc/mail/", with: folder.path + "/"))
    }
    try folder.write("service.switch", "hosts\tfiles\naliases\tfiles\npasswd\tfiles\n")
    try folder.write("hosts", Self.hosts)
    guard let library = Library(folder: Peer.library) else { throw PeerMissing() }
    var compiler = MCCompiler(library: library)
    compiler.definitions = [("MAIL_SETTINGS_DIR", folder.path + "/")]
    compilation = compiler.compile(folder.path + "/sendmail.mc")
    configuration = CFReader.read(compilation.configuration, name: folder.path + "/sendmail.cf")
    var translator = Translator(
      configuration: configuration, calls: usesCalls ? compilation.calls : [], hostName: Self.host)
    translator.allowsOpenRelay = allowsOpenRelay
    result = translator.translate()
  }

  struct PeerMissing: Error {}

  private static let places = """
    define(`confSERVICE_SWITCH_FILE', MAIL_SETTINGS_DIR`'service.switch)dnl
    define(`confHOSTS_FILE', MAIL_SETTINGS_DIR`'hosts)dnl

    """

  /// Names that exist for sendmail, which asks no name server in tests.
  private static let hosts: String =
    "127.0.0.1 localhost\n192.0.2.25 mail.example.org\n"
    + [
      "far.example", "bad.example", "mixed.example", "disc.example", "quar.example", "sub.bad.example",
      "relayfrom.example", "untagged.example", "untagok.example", "bulk.example", "x.bulk.example",
      "partner.example", "example.com", "closed.example",
    ].enumerated().map { "198.51.100.\($0.offset + 1) \($0.element)\n" }.joined()

  static func folder(of name: String) -> String {
    let own = Checkout.root + "/Tests/PeerTests/Fixtures/translation/" + name
    return FileManager.default.fileExists(atPath: own) ? own : Checkout.root + "/examples/" + name
  }

  /// Every site of the fixtures, and the examples.
  static let names: [String] = {
    let folder = Checkout.root + "/Tests/PeerTests/Fixtures/translation"
    let own = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let examples = (try? FileManager.default.contentsOfDirectory(atPath: Checkout.root + "/examples")) ?? []
    return own.sorted()
      + examples.sorted().filter {
        FileManager.default.fileExists(atPath: Checkout.root + "/examples/\($0)/sendmail.mc")
      }
  }()

  // MARK: the real sendmail's side

  /// Writes the .cf and builds its tables with the real makemap.
  func prepareSendmail() throws {
    try folder.write("sendmail.cf", compilation.configuration + Array(Self.pair.utf8))
    try folder.write("mini.cf", "V10\n")
    for map in configuration.maps where map.mapType == Array("hash".utf8) {
      let words = String(decoding: map.arguments, as: UTF8.self).split(separator: " ")
      guard let path = words.last.map(String.init), path.hasPrefix(folder.path) else { continue }
      guard let text = FileManager.default.contents(atPath: path) else { continue }
      let made = try Peer.makemap.run(["-C", folder.path + "/mini.cf", "hash", path], input: Array(text))
      try #require(made.status == 0, "makemap \(path): \(made)")
    }
  }

  /// A ruleset that turns the text `$|` into the symbol, which test mode does not.
  private static let pair = "\nSpair\nR$* $$| $*\t$: $1 $| $2\n"
}
