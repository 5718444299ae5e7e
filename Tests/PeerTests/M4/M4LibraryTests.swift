// M4LibraryTests.swift: whatever of sendmail's library a site names, and however it names it,
// our m4 gives the bytes, the messages and the status of GNU m4.
//
// The names are those of the files in the library's folders. Each is tried alone, as meant
// and in ways that people get it wrong, and many together as chance will have it; with cf.m4
// on the command line, and with the site including it.

import Foundation
import TestSupport
import Testing

/// A folder of the library and the macro that reads a file of it.
enum LibraryKind: String, CaseIterable, Sendable {
  case feature, ostype, domain, mailer, hack, siteconfig

  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(Peer.library)/\(rawValue)")) ?? [])
      .filter { $0.hasSuffix(".m4") }.map { String($0.dropLast(3)) }.sorted()
  }

  /// `more` stands behind the name: further arguments.
  func call(_ name: String, _ more: String = "") -> String {
    "\(rawValue.uppercased())(`\(name)'\(more))"
  }
}

/// One name of the library.
struct LibraryName: Sendable, CustomTestStringConvertible {
  let kind: LibraryKind
  let name: String

  var testDescription: String { kind.call(name) }

  static let all = LibraryKind.allCases.flatMap { kind in
    (kind.names + ["no-such-\(kind.rawValue)"]).map { LibraryName(kind: kind, name: $0) }
  }

  /// Sites that call it, as meant first.
  var sites: [String] {
    let system = kind == .ostype ? [] : ["OSTYPE(`linux')"]
    let mailers = ["MAILER(`local')", "MAILER(`smtp')"]
    let call = kind.call(name)
    return [
      system + [call] + mailers,
      system + [kind.call(name, ", `'")] + mailers,
      system + [kind.call(name, ", `hash -o /etc/mail/x', `nodelay', `t'")] + mailers,
      system + [kind.call(name, ",LDAP,`arg:a b.c', , `x'")] + mailers,
      system + mailers + [call],
      [call] + system + mailers,
      system + [call],
      system + ["\(kind.rawValue.uppercased())(\(name))", call] + mailers,
    ].map { (["VERSIONID(`a site')"] + $0).joined(separator: "\n") + "\n" }
  }
}

/// How cf.m4 gets into the run.
enum LibraryWay: Sendable {
  case onCommandLine, included

  func command(_ site: String) -> String {
    let start = self == .included ? "" : "-D_CF_DIR_=\(Peer.library)/ \(Peer.library)/m4/cf.m4 "
    return "m4 -D_NO_MAKEINFO_ \(start)\(site)"
  }

  func text(_ site: String) -> String {
    self == .included ? "include(`\(Peer.library)/m4/cf.m4')\n" + site : site
  }
}

@Suite(
  "sendmail's library under both m4", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
struct M4LibraryTests {
  private func expectSame(
    _ sites: [(way: LibraryWay, text: String)], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let folder = try TemporaryFolder()
    let commands = try sites.enumerated().map { number, site in
      let text = site.way.text(site.text)
      try folder.write("\(number).mc", Latin1.bytes(text))
      return BothM4.Command(title: text, text: site.way.command("\(number).mc"))
    }
    let differences = try BothM4().differences(commands, in: [.gnu: folder.path, .ours: folder.path])
    for difference in differences { Issue.record("\(difference)", sourceLocation: sourceLocation) }
  }

  @Test("the library's folders are full of names, and a site of it is long")
  func namesFound() throws {
    #expect(LibraryName.all.count > 150)
    let folder = try TemporaryFolder()
    let site = LibraryName(kind: .feature, name: "access_db").sites[0]
    try folder.write("site.mc", LibraryWay.included.text(site))
    let command = ["/bin/sh", "-c", LibraryWay.included.command("site.mc")]
    let result = try BothM4().run(.gnu, command, in: folder.path)
    #expect(result.output.count > 40_000)
  }

  @Test("each name alone, as meant and mistaken", arguments: LibraryName.all)
  func alone(_ name: LibraryName) throws {
    let sites = name.sites
    // The mistakes take turns: the ways differ only in where the library begins.
    let mistaken = sites.dropFirst().enumerated().map { number, site in
      (number % 2 == 0 ? LibraryWay.onCommandLine : .included, site)
    }
    try expectSame([(.onCommandLine, sites[0]), (.included, sites[0])] + mistaken)
  }

  @Test("many at once, as chance will have it", arguments: 0..<20)
  func together(_ batch: UInt64) throws {
    try expectSame(
      (0..<15).map { number in
        var site = RandomLibraryUse(seed: batch * 15 + UInt64(number))
        return (number % 2 == 0 ? .onCommandLine : .included, site.text())
      })
  }
}
