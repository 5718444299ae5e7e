// GoldenTests.swift: what the examples compile to, byte for byte.
//
// The files below Golden were read by a person when they were written or changed
// (`make golden` writes them anew and fails where that changes one, so that the
// difference is looked at). Whether they are right, the peers say in other tests.

import Foundation
import TestSupport
import Testing

@Suite("Golden files")
struct GoldenTests {
  private static let folder = Checkout.root + "/Tests/CommandTests/Golden"
  private static let isWriting = ProcessInfo.processInfo.environment["WAYBILL_GOLDEN"] == "1"

  @Test("an example, built with its Postfix side", arguments: ["debian", "example.edu"])
  func example(_ name: String) throws {
    let output = try TemporaryFolder()
    let result = try run(
      Checkout.command("waybill"),
      [
        "build", "examples/\(name)/sendmail.mc", "--tables", "examples/\(name)", "--postfix", "-o", output.path,
      ], in: Checkout.root)
    try #require(result.status == 0, "\(result)")
    // The map names files where they are on this machine.
    let made = try texts(below: output.path).filter { !$0.key.hasSuffix(".map") }
    let golden = Self.folder + "/" + name
    let expected = try texts(below: golden)
    for file in Set(made.keys).union(expected.keys).sorted() {
      #expect(made[file] == expected[file], "\(name)/\(file) is not the golden file any more")
    }
    #expect(made.count > 10)
    if Self.isWriting, made != expected { try write(made, below: golden) }
  }

  @Test("traces of addresses, as text and as JSON", arguments: ["debian", "example.edu"])
  func traces(_ name: String) throws {
    var text = ""
    for format in [["--brief"], ["--brief", "--json"]] {
      let result = try run(
        Checkout.command("waybill"),
        [
          "trace", "--config", "examples/\(name)/sendmail.mc", "--client", "198.51.100.7", "emp0@example.edu",
          "x@lab.example.edu", "\"a b\"@cs.example.edu", "nobody",
        ] + format, in: Checkout.root)
      try #require(result.status == 0, "\(result)")
      text += result.text
    }
    let file = Self.folder + "/\(name).trace"
    #expect(
      (try? String(contentsOfFile: file, encoding: .utf8)) == text, "\(name).trace is not the golden file any more")
    if Self.isWriting { try text.write(toFile: file, atomically: true, encoding: .utf8) }
  }

  /// The text files below a folder; databases have their own tests.
  private func texts(below folder: String) throws -> [String: String] {
    var result: [String: String] = [:]
    for name in (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? [] where !name.hasSuffix(".db") {
      guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
      result[name] = String(decoding: data, as: UTF8.self)
    }
    return result
  }

  private func write(_ files: [String: String], below folder: String) throws {
    try? FileManager.default.removeItem(atPath: folder)
    for (name, text) in files {
      let path = folder + "/" + name
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
  }
}
