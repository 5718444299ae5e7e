// TranslateCommandTests.swift: `waybill translate` and `waybill build --postfix` from
// end to end, and what Postfix says of the files they write.
//
// The old system's /etc/mail lies below a root of its own: once with its sendmail.mc,
// once with the sendmail.cf alone. Both must give the same configuration.

import Foundation
import TestSupport
import Testing

@Suite(
  "The Postfix side, written by the command", .serialized,
  .enabled(if: Peer.postconf.isWanted, "\(Peer.postconf.hint)"))
struct TranslateCommandTests {
  static let examples = ["debian", "example.edu"]

  @Test("from sendmail.mc, and from sendmail.cf where there is no .mc", arguments: examples)
  func translate(_ name: String) throws {
    let folder = try TemporaryFolder()
    try install(name, below: folder.path + "/root", leavingOut: [])
    try succeed([
      "translate", "/etc/mail", "--root", folder.path + "/root", "-o", folder.path + "/one",
    ])
    let one = try settings(of: folder.path + "/one")

    let compiled = try succeed([
      "build", Checkout.root + "/examples/\(name)/sendmail.mc", "--stdout",
    ])
    try install(name, below: folder.path + "/bare", leavingOut: ["sendmail.mc"])
    try folder.write("bare/etc/mail/sendmail.cf", compiled.output)
    try succeed([
      "translate", "/etc/mail", "--root", folder.path + "/bare", "-o", folder.path + "/two",
    ])
    #expect(try settings(of: folder.path + "/two") == one)
    for path in [folder.path + "/one", folder.path + "/two"] { try expectSound(path) }
  }

  @Test("beside the .cf that is built", arguments: examples)
  func build(_ name: String) throws {
    let folder = try TemporaryFolder()
    let source = Checkout.root + "/examples/" + name
    try succeed([
      "build", source + "/sendmail.mc", "--tables", source, "--postfix", "-o", folder.path,
    ])
    #expect(FileManager.default.fileExists(atPath: folder.path + "/sendmail.cf"))
    try expectSound(folder.path + "/postfix")
  }

  @Test("neither .mc nor .cf: one clear message, and no folder is made")
  func nothingThere() throws {
    let folder = try TemporaryFolder()
    try folder.write("root/etc/mail/access", "")
    let result = try TestSupport.run(
      Checkout.command("waybill"),
      ["translate", "/etc/mail", "--root", folder.path + "/root", "-o", folder.path + "/out"])
    #expect(result.status == 66)
    #expect(result.messageText.contains("neither sendmail.mc nor sendmail.cf"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/out"))
  }

  // MARK: the command

  private func install(_ name: String, below root: String, leavingOut: Set<String>) throws {
    let source = Checkout.root + "/examples/" + name
    let target = root + "/etc/mail"
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    for file in try FileManager.default.contentsOfDirectory(atPath: source)
    where !leavingOut.contains(file) {
      try FileManager.default.copyItem(atPath: source + "/" + file, toPath: target + "/" + file)
    }
  }

  @discardableResult
  private func succeed(_ arguments: [String]) throws -> RunResult {
    let result = try TestSupport.run(Checkout.command("waybill"), arguments)
    try #require(result.status == 0, "waybill \(arguments.joined(separator: " ")): \(result)")
    return result
  }

  // MARK: Postfix

  /// What `postconf -n` reads, without the folder's own name; it must have no complaint.
  private func settings(of folder: String) throws -> [String] {
    let read = try Peer.postconf.run(["-c", folder, "-n"])
    #expect(read.status == 0)
    #expect(read.messageText == "")
    return read.text.split(separator: "\n").map(String.init).filter {
      !$0.hasPrefix("config_directory ")
    }
  }

  /// Tables are built, and `postfix check` says no more than of an empty main.cf.
  private func expectSound(_ folder: String) throws {
    let lines = try settings(of: folder)
    #expect(lines.count > 20)
    let report = try String(contentsOfFile: folder + "/report.txt", encoding: .utf8)
    #expect(report.contains("Differs in corner cases"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let tables = lines.joined(separator: " ").split { " ,{}".contains($0) }
      .compactMap { $0.hasPrefix("hash:$config_directory/") ? String($0.dropFirst(23)) : nil }
    #expect(!tables.isEmpty && Set(tables).isSubset(of: names))
    guard isRoot else { return }
    let instance = try PostfixInstance(
      main: try kept(lines),
      files: Dictionary(
        uniqueKeysWithValues: try names.filter { !["main.cf", "master.cf"].contains($0) }.map {
          ($0, try String(contentsOfFile: folder + "/" + $0, encoding: .utf8))
        }))
    for table in Set(tables) {
      let peer = table.hasPrefix("aliases") ? Peer.postalias : Peer.postmap
      let built = try instance.command(peer, ["hash:\(instance.configuration)/\(table)"])
      #expect(built.status == 0 && built.messageText == "", "\(table): \(built)")
    }
    #expect(try instance.complaintsOfCheck() == PostfixInstance(main: "").complaintsOfCheck())
  }

  /// The settings without those that every instance has of its own, and without an
  /// account whose group the instance has otherwise.
  private func kept(_ lines: [String]) throws -> String {
    let plain = try PostfixInstance(main: "")
    let own = try String(contentsOfFile: plain.configuration + "/main.cf", encoding: .utf8)
    let names = Set(own.split(separator: "\n").compactMap { $0.split(separator: " ").first } + ["default_privs"])
    return lines.filter { line in line.split(separator: " ").first.map { !names.contains($0) } ?? false }
      .joined(separator: "\n") + "\n"
  }
}
