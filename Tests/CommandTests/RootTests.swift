// RootTests.swift: the commands on the file system of another host, below --root.

import Foundation
import TestSupport
import Testing

@Suite("--root")
struct RootTests {
  /// A host's /etc below a folder: the example's site, its accounts and its tables.
  private func host(_ example: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let files = FileManager.default
    try files.createDirectory(atPath: folder.path + "/old/etc", withIntermediateDirectories: true)
    try files.copyItem(atPath: Checkout.root + "/examples/" + example, toPath: folder.path + "/old/etc/mail")
    try files.moveItem(atPath: folder.path + "/old/etc/mail/passwd", toPath: folder.path + "/old/etc/passwd")
    return folder
  }

  private func waybill(_ folder: TemporaryFolder, _ arguments: String...) throws -> RunResult {
    try run(Checkout.command("waybill"), arguments + ["--root", "old"], in: folder.path)
  }

  @Test("every command finds /etc/mail below it", arguments: ["debian", "example.edu"])
  func commands(_ example: String) throws {
    let folder = try host(example)
    let site = "/etc/mail/sendmail.mc"
    #expect(try waybill(folder, "check", site).status == 0)
    let built = try waybill(folder, "build", site, "--tables", "/etc/mail", "--postfix", "-o", "new")
    #expect(built.status == 0, "\(built)")
    #expect(FileManager.default.fileExists(atPath: folder.path + "/new/mailertable.db"))
    let translated = try waybill(folder, "translate", "/etc/mail", "-o", "postfix")
    #expect(translated.status == 0, "\(translated)")
    for name in ["main.cf", "master.cf", "transport", "aliases"] {
      let one = FileManager.default.contents(atPath: folder.path + "/new/postfix/" + name)
      #expect(one != nil && one == FileManager.default.contents(atPath: folder.path + "/postfix/" + name), "\(name)")
    }
    let traced = try waybill(folder, "trace", "--brief", "--config", site, "emp0@example.edu")
    #expect(traced.status == 0 && traced.text.contains("-> "), "\(traced)")
    let compared = try waybill(folder, "compare", "/etc/mail", "postfix")
    #expect(compared.status == 0, "\(compared)")
    #expect(try waybill(folder, "check", "postfix").status == 0)
  }

  @Test("a site that leaves its name to the host finds it there")
  func hostName() throws {
    let folder = try TemporaryFolder()
    try folder.write("old/etc/hostname", "gate\n")
    try folder.write("old/etc/hosts", "127.0.0.1 localhost\n127.0.1.1 gate.old.example gate\n")
    try folder.write("old/etc/mail/aliases", "postmaster: root\n")
    try folder.write(
      "old/etc/mail/sendmail.mc", "OSTYPE(`linux')dnl\nMAILER(`local')dnl\nMAILER(`smtp')dnl\n")
    let translated = try waybill(folder, "translate", "/etc/mail", "-o", "found")
    #expect(translated.status == 0, "\(translated)")
    #expect(try main(folder, "found").contains("\nmyhostname = gate.old.example\n"))
    _ = try waybill(folder, "translate", "/etc/mail", "--host", "mx.new.example", "-o", "given")
    #expect(try main(folder, "given").contains("\nmyhostname = mx.new.example\n"))
    try FileManager.default.removeItem(atPath: folder.path + "/old/etc/hostname")
    _ = try waybill(folder, "translate", "/etc/mail", "-o", "unknown")
    let unknown = try main(folder, "unknown")
    #expect(!unknown.contains("\nmyhostname =") && unknown.contains("{ @localhost = @$myhostname }"), "\(unknown)")
  }

  private func main(_ folder: TemporaryFolder, _ name: String) throws -> String {
    try String(contentsOfFile: folder.path + "/\(name)/main.cf", encoding: .utf8)
  }

  @Test("where there is a .cf alone, it is translated", arguments: ["debian", "example.edu"])
  func configurationAlone(_ example: String) throws {
    let folder = try host(example)
    let etc = folder.path + "/old/etc/mail"
    let printed = try waybill(folder, "build", "/etc/mail/sendmail.mc", "--stdout")
    try #require(printed.status == 0, "\(printed)")
    try Data(printed.output).write(to: URL(fileURLWithPath: etc + "/sendmail.cf"))
    try FileManager.default.removeItem(atPath: etc + "/sendmail.mc")
    let translated = try waybill(folder, "translate", "/etc/mail", "-o", "postfix")
    #expect(translated.status == 0, "\(translated)")
    let compared = try waybill(folder, "compare", "/etc/mail/sendmail.cf", "postfix")
    #expect(compared.status == 0, "\(compared)")
  }
}
