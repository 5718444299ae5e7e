// Who may import whom: docs/architecture.md as a table that cannot be overlooked.
//
// The compiler checks this package's own Swift targets only; Foundation, C modules
// and other packages' modules are checked here, by reading every import.

import Foundation
import TestSupport
import Testing

/// Targets from bottom to top with the outside modules each may import.
private let layers: [(target: String, outside: Set<String>)] = [
  ("CBerkeleyDB", []), ("CYAML", []), ("CShims", []),
  ("Diagnostics", []), ("Posix", ["Glibc"]), ("Options", []), ("Digests", ["Glibc"]),
  ("MacroProcessor", ["Glibc"]), ("Tables", ["Glibc"]), ("MailAddress", []),
  ("Resolver", ["Glibc"]), ("YAML", []),
  ("SendmailCF", ["Glibc"]), ("Aliases", ["Glibc"]), ("PostfixConfig", ["Glibc"]),
  ("MCCompiler", []),
  ("Routing", []), ("Rulesets", ["Glibc"]),
  ("SendmailRouting", []), ("PostfixRouting", ["Glibc"]),
  ("Installation", []), ("TestMode", ["Glibc"]), ("Translation", []), ("Equivalence", []),
  ("RouteChecks", []), ("Pictures", []), ("HostFlow", []), ("Site", []), ("Setup", []),
  ("SMTP", ["Glibc"]),
  ("MailQueue", ["Glibc"]),
  ("Delivery", ["Glibc"]),
  ("MTA", ["Glibc", "NIOConcurrencyHelpers", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS"]),
  ("LiveProof", ["Glibc", "NIOConcurrencyHelpers", "NIOCore", "NIOPosix"]),
  ("Simulation", ["Glibc", "NIOConcurrencyHelpers", "NIOCore", "NIOPosix"]),
  ("m4", ["Glibc"]), ("makemap", ["Glibc"]), ("sendmail", ["Glibc"]),
  ("waybill", ["ArgumentParser", "Glibc"]),
]

@Suite("The layers hold")
struct LayerTests {
  static let sources = Checkout.root + "/Sources"

  static var targets: [String] {
    // Beside them lies a file that the linker reads.
    ((try? FileManager.default.contentsOfDirectory(atPath: sources)) ?? []).filter { !$0.contains(".") }.sorted()
  }

  @Test("every target has its row")
  func rows() {
    #expect(Self.targets.count >= 5)
    for target in Self.targets {
      #expect(layers.contains { $0.target == target }, "\(target) is in no layer")
    }
  }

  @Test("a target imports only targets below it and the outside modules of its row", arguments: targets)
  func imports(_ target: String) throws {
    guard let row = layers.firstIndex(where: { $0.target == target }) else { return }
    let below = Set(layers[..<row].map(\.target))
    for (file, module) in try importedModules(of: target) {
      #expect(
        below.contains(module) || layers[row].outside.contains(module),
        "\(file) imports \(module)")
    }
  }

  private func importedModules(of target: String) throws -> [(file: String, module: String)] {
    let folder = Self.sources + "/" + target
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
      let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      return text.split(separator: "\n").compactMap { line -> (String, String)? in
        let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
        let rest = words.drop { ["package", "internal", "public", "private"].contains($0) }
        guard rest.first == "import", let name = rest.last else { return nil }
        return (file, String(name.prefix { $0 != "." }))
      }
    }
  }
}

@Suite("Commands that builds start thousands of times are static executables")
struct LinkTests {
  @Test("no interpreter is named in them", arguments: ["m4", "makemap"])
  func isStatic(_ name: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Checkout.command(name))))
    #expect(Array(bytes.prefix(4)) == [0x7F, 0x45, 0x4C, 0x46])
    #expect(!programHeaderTypes(of: bytes).contains(3), "\(name) has PT_INTERP")
    #expect(!programHeaderTypes(of: bytes).isEmpty)
  }

  /// The types of the program headers of a 64-bit little-endian ELF file (elf(5)).
  private func programHeaderTypes(of bytes: [UInt8]) -> [UInt32] {
    func number(_ offset: Int, _ size: Int) -> Int {
      (0..<size).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }
    guard bytes.count > 64 else { return [] }
    let start = number(32, 8)
    let size = number(54, 2)
    return (0..<number(56, 2)).compactMap { index in
      let offset = start + index * size
      return offset + 4 <= bytes.count ? UInt32(number(offset, 4)) : nil
    }
  }
}
