// LibraryBytesTests.swift: our m4 library is plain m4.
//
// GNU m4, our m4 and the compiler behind `waybill build` make the same bytes of every
// site, so whoever has only m4 can use the library.

import Foundation
import MCCompiler
import TestSupport
import Testing

@Suite("macros/ is plain m4", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
struct LibraryBytesTests {
  private static let examples = Checkout.root + "/examples"

  static let sites: [String] =
    LibrarySite.folders.flatMap { folder in sites(below: folder) } + sites(below: examples)

  private static func sites(below folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      .map { "\(folder)/\($0)/sendmail.mc" }
      .filter { FileManager.default.fileExists(atPath: $0) }
      .map { String($0.dropFirst(Checkout.root.count + 1)) }
  }

  @Test("the examples are among the sites")
  func sitesFound() {
    #expect(Self.sites.count { $0.hasPrefix("examples/") } >= 2)
    #expect(Self.sites.count > 20)
  }

  @Test("GNU m4, our m4 and the compiler agree", arguments: sites)
  func sameBytes(_ site: String) throws {
    // An example that names the library itself names sendmail's, by its path.
    let folder = try TemporaryFolder()
    let text = try String(contentsOfFile: Checkout.root + "/" + site, encoding: .isoLatin1)
    let own = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("include(") }.joined(separator: "\n")
    try folder.write("sendmail.mc", Latin1.bytes(own))
    let arguments = [
      "-D_CF_DIR_=\(LibrarySite.macros)/", LibrarySite.macros + "/waybill.m4", "sendmail.mc",
    ]
    let gnu = try run(Peer.m4.path, arguments, in: folder.path, environment: Peer.environment)
    let ours = try run(Checkout.command("m4"), arguments, in: folder.path)
    #expect(gnu == ours)
    #expect(gnu.status == 0)
    #expect(gnu.output.count > 20_000)
    let compiler = MCCompiler(library: try #require(Library(folder: LibrarySite.macros)))
    let compiled = compiler.compile(folder.path + "/sendmail.mc")
    #expect(compiled.configuration == gnu.output)
    #expect(!compiled.hasErrors)
  }
}
