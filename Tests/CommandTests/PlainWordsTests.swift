// PlainWordsTests.swift: a build means the same, whether ArgumentParser read its words or not.
//
// With `--` behind them the same words go to ArgumentParser.

import Foundation
import TestSupport
import Testing

@Suite("words of a build")
struct PlainWordsTests {
  @Test(
    "read with and without the parser",
    arguments: [
      "site.mc", "site.mc --stdout", "--stdout site.mc -o out", "site.mc -o out", "site.mc --output out --json",
      "site.mc --tables tables -o out", "site.mc --tables tables --postfix --output out",
      "site.mc --tables tables --postfix --host mx.example.org -o out --json",
      "site.mc --stdout -DconfDOMAIN_NAME=gate.example", "site.mc --stdout -D confDOMAIN_NAME=gate.example -D x",
      "site.mc --stdout --define confDOMAIN_NAME=gate.example", "site.mc --stdout --library STOCK",
      "command.mc --stdout --allow-exec", "command.mc --stdout", "/site.mc --stdout --root other",
      "other.mc --stdout", "site.mc other.mc", "site.mc -o", "site.mc -o -x", "site.mc --stdout --stdout",
      "site.mc -o one -o two", "site.mc --output one -o two", "--stdout", "site.mc --unknown", "site.mc -D",
      "site.mc -x",
      "site.mc --stdout --help", "site.mc --root none --stdout", "site.mc --library none --stdout",
    ])
  func means(_ words: String) throws {
    let words = words.split(separator: " ").map { $0 == "STOCK" ? Peer.library : String($0) }
    #expect(try outcome(["build"] + words) == (try outcome(["build"] + words + ["--"])))
  }

  @Test("an empty word")
  func emptyWord() throws {
    for words in [["site.mc", ""], ["", "--stdout"], ["site.mc", "-o", ""]] {
      #expect(try outcome(["build"] + words) == (try outcome(["build"] + words + ["--"])))
    }
  }

  /// What was said, and the files that are there afterwards.
  private func outcome(_ words: [String]) throws -> Outcome {
    let folder = try TemporaryFolder()
    let site = "OSTYPE(`debian')dnl\nFEATURE(`access_db')dnl\nMAILER(`local')dnl\nMAILER(`smtp')dnl\n"
    try folder.write("site.mc", site)
    try folder.write("command.mc", site + "syscmd(`true')dnl\n")
    try folder.write("other/site.mc", "define(`confDOMAIN_NAME', `other.example')dnl\n" + site)
    try folder.write("tables/access", "spam.example\tREJECT\n")
    let result = try run(Checkout.command("waybill"), words, in: folder.path)
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    var files: [String: [UInt8]] = [:]
    // A .db file holds an identity of its own each time.
    for name in names where !name.hasSuffix(".db") {
      files[name] = FileManager.default.contents(atPath: folder.path + "/" + name).map(Array.init) ?? []
    }
    return Outcome(result: result, names: names, files: files)
  }

  struct Outcome: Equatable {
    let result: RunResult
    let names: [String]
    let files: [String: [UInt8]]
  }
}
