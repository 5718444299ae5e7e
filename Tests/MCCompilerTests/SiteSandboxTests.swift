// A site file that nobody vouches for: what it may read and run, how long, and what the
// stock library's questions are answered with.

import Diagnostics
import Foundation
import MCCompiler
import TestSupport
import Testing

private let end = "OSTYPE(`linux')dnl\nMAILER(`smtp')dnl\n"

private func compile(
  _ text: String, in folder: TemporaryFolder, library: String = Checkout.root + "/macros",
  _ adjust: (inout MCCompiler) -> Void = { _ in }
) throws -> Compilation {
  var compiler = MCCompiler(library: try #require(Library(folder: library)))
  adjust(&compiler)
  return compiler.compile(try folder.write("site/site.mc", text))
}

@Suite("A site file in the sandbox")
struct SiteSandboxTests {
  @Test(
    "what it must not do is an error at its place, and all of it is told",
    arguments: [
      ("include(`../secret')", MessageCode.fileRefused, "--allow-include"),
      ("sinclude(`/proc/self/environ')", .fileRefused, "--allow-include"),
      ("undivert(`link')", .fileRefused, "--allow-include"),
      ("undivert(`.git/config')", .fileRefused, "--allow-include"),
      ("FEATURE(`../../../../../../../../../../etc/passwd')", .commandRefused, "--allow-exec"),
      ("syscmd(`id')", .commandRefused, "--allow-exec"),
      ("define(`x', esyscmd(`id'))", .commandRefused, "--allow-exec"),
      ("maketemp(`/tmp/waybillXXXXXX')", .writingRefused, "--allow-exec"),
      ("debugfile(`/tmp/waybill-debug')", .writingRefused, "--allow-exec"),
    ])
  func refusals(_ line: String, _ code: MessageCode, _ option: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("secret", "define(`confMAX_HOP', `1')dnl\n")
    try folder.write("site/.git/config", "token\n")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/site/link", withDestinationPath: "../secret")
    let found = try compile("dnl\n\(line)dnl\nsyscmd(`true')dnl\n" + end, in: folder)
    let errors = found.diagnostics.filter { $0.severity == .error }
    #expect(errors.contains { $0.message.code == code && $0.position?.line == 2 }, "\(found.diagnostics)")
    #expect(errors.contains { $0.message.code == .commandRefused && $0.position?.line == 3 })
    #expect(errors.first?.message.fix?.contains(option) == true)
    #expect(!FileManager.default.fileExists(atPath: "/tmp/waybill-debug"))
  }

  @Test("files beside it, of named folders, of /etc/mail and of the library are read")
  func allowed() throws {
    let folder = try TemporaryFolder()
    try folder.write("site/beside.m4", "define(`confMAX_HOP', `31')dnl\n")
    try folder.write("tables/tls/starttls.m4", "define(`confLOG_LEVEL', `13')dnl\n")
    try folder.write("shared/more.m4", "define(`confMAX_DAEMON_CHILDREN', `7')dnl\n")
    let site =
      "include(`beside.m4')dnl\ninclude(`/etc/mail/tls/starttls.m4')dnl\ninclude(`\(folder.path)/shared/more.m4')dnl\n"
      + end
    let found = try compile(site, in: folder) {
      $0.settingsFolder = folder.path + "/tables"
      $0.readableFolders = [folder.path + "/shared"]
    }
    #expect(found.diagnostics == [])
    let text = String(decoding: found.configuration, as: UTF8.self)
    for line in ["MaxHopCount=31", "LogLevel=13", "MaxDaemonChildren=7"] { #expect(text.contains(line)) }
    for name in ["/site/site.mc", "/site/beside.m4", "/tables/tls/starttls.m4", "/shared/more.m4"] {
      #expect(found.files.contains(folder.path + name), "\(found.files)")
    }
    #expect(Set(found.files).count == found.files.count)
  }

  @Test(
    "Debian's own site files compile with sendmail's own library",
    .enabled(if: Library(folder: Peer.library) != nil, "no peers"),
    arguments: ["sendmail.mc", "submit.mc"])
  func debian(_ name: String) throws {
    let compiler = MCCompiler(library: try #require(Library(folder: Peer.library)))
    let refused = compiler.compile(Peer.library + "/debian/" + name).diagnostics.filter {
      [.fileRefused, .commandRefused, .writingRefused, .limitReached].contains($0.message.code)
    }
    #expect(refused == [])
  }

  @Test(
    "limits end it with the macros that call each other",
    arguments: [
      ("define(`a', `b')define(`b', `a')dnl\na\n", "macro calls", "b → a → b"),
      ("define(`a', `len(a')dnl\na\n", "deep", "a → a"),
      ("define(`a', `a(`$1$1')')dnl\na(`x')\n", "memory", "a → a"),
    ])
  func limits(_ text: String, _ words: String, _ cycle: String) throws {
    let found = try compile(text + end, in: try TemporaryFolder()) {
      $0.limits.expansions = 50_000
      $0.limits.memory = 256 << 20
    }
    let fault = try #require(found.diagnostics.first { $0.message.code == .limitReached })
    #expect(fault.message.text.contains(words))
    #expect(fault.position?.line == 2)
    #expect(
      fault.notes.contains {
        $0.text.contains("repeat: ") && rotations(of: cycle).contains(String($0.text.dropFirst(18)))
      }, "\(fault.notes)")
  }

  /// A cycle may begin with any of its macros.
  private func rotations(of cycle: String) -> [String] {
    let names = cycle.components(separatedBy: " → ").dropLast()
    return names.indices.map { start in
      let turned = Array(names[start...] + names[..<start])
      return (turned + [turned[0]]).joined(separator: " → ")
    }
  }

  @Test(
    "the stock library's header is the one that the original writes, with answers that do not change",
    .enabled(if: Library(folder: Peer.library) != nil && Peer.m4.isWanted, "no peers"),
    arguments: [0, 951_782_399, 1_764_201_600])
  func header(_ time: Int) throws {
    let folder = try TemporaryFolder()
    let text = "VERSIONID(`x')\n" + end
    let found = try compile(text, in: folder, library: Peer.library) { $0.buildTime = time }
    #expect(found.diagnostics == [])
    let original = try Peer.m4.run(
      ["-D_CF_DIR_=\(Peer.library)/", Peer.library + "/m4/cf.m4", "site.mc"], in: folder.path + "/site")
    let (ours, theirs) = [found.configuration, original.output].map {
      String(decoding: $0, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }.pair
    #expect(ours.count == theirs.count)
    let differing = zip(ours, theirs).filter { $0 != $1 }.map(\.0)
    let date = try run("/bin/date", ["-u", "-d", "@\(time)"]).text.dropLast()
    #expect(
      differing == [
        "##### built by waybill@localhost on \(date)", "##### in .",
        "##### using cf/ as configuration include directory",
      ])
  }
}

extension [[Substring]] {
  fileprivate var pair: ([Substring], [Substring]) { (self[0], self[1]) }
}
