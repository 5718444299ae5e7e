// The parts of the sandbox by themselves: paths, rules, and the cycle that a limit tells.

import Foundation
import MacroProcessor
import TestSupport
import Testing

@Suite("Paths in the sandbox")
struct SandboxPathTests {
  @Test("are compared as they are, links followed")
  func paths() throws {
    let folder = try TemporaryFolder()
    try folder.write("in/a", "")
    try folder.write("inner", "")
    try folder.write("in/.hidden/x", "")
    let links = [("in/out", ".."), ("in/self", "a"), ("in/loop", "loop"), ("other", "in")]
    for (link, target) in links {
      try FileManager.default.createSymbolicLink(atPath: folder.path + "/" + link, withDestinationPath: target)
    }
    var sandbox = Sandbox()
    let answers = [sandbox.allow(folder.path + "/other/"), sandbox.allow(folder.path + "/nowhere")]
    #expect(answers == [true, false])
    for name in ["in/a", "other/a", "in/self", "in/nosuch", "in/no/such/deep", "in/out/in/a", "in/loop"] {
      #expect(sandbox.allowsReading(folder.path + "/" + name), "\(name)")
    }
    for name in [
      "inner", "in/out/inner", "in/../inner", "in/.hidden/x", "in/.nosuch", "in/out", "in/out/nosuch", "nosuch", "",
    ] {
      #expect(!sandbox.allowsReading(folder.path + "/" + name), "\(name)")
    }
  }
}

@Suite("What a limit tells")
struct LimitTests {
  private final class Log { var causes: [Message.Cause] = [] }

  private func causes(_ text: String, _ adjust: (inout Limits) -> Void) -> [Message.Cause] {
    let log = Log()
    var surroundings = Surroundings()
    surroundings.receive = { log.causes.append($0.cause) }
    var processor = Processor(surroundings)
    adjust(&processor.limits)
    do throws(ProcessorExit) {
      try processor.process(text: Array(text.utf8), named: Array("t".utf8))
      _ = try processor.finish()
    } catch {
      #expect(error.status == 65)
    }
    return log.causes
  }

  private func step(_ name: String, _ line: Int) -> CallStep {
    CallStep(name: Array(name.utf8), file: Array("t".utf8), line: line)
  }

  @Test("is the limit and the calls that repeat")
  func cycles() {
    let found = causes("define(`a', `ifelse(1, 1, `b')')define(`b', `a')\na") { $0.expansions = 1000 }
    #expect(
      found == [.excess(.expansions(1000), cycle: [step("a", 2), step("b", 2)])]
        || found == [.excess(.expansions(1000), cycle: [step("b", 2), step("a", 2)])])
    let deep = causes("define(`a', `len(a')\n\na") { limits in
      limits.expansions = 1_000_000
      limits.depth = 300
    }
    #expect(deep == [.excess(.depth(300), cycle: [step("a", 3)])])
    // Nothing repeats in a tree of calls that is merely large.
    let numbers = (0..<200).map { "define(`n\($0)', `')n\($0)" }.joined(separator: " ")
    let many = causes(numbers) { $0.expansions = 300 }
    #expect(many == [.excess(.expansions(300), cycle: [])])
  }

  @Test("work within the limits is not disturbed by them")
  func within() {
    let found = causes("define(`f', `ifelse($1, 0, `', `f(decr($1))')')f(300)len(format(`%5000d', 1))") {
      $0 = .sandbox
    }
    #expect(found == [])
  }
}

@Suite("A rule's names")
struct RuleTests {
  @Test(
    arguments: [
      ("a b", #"a\ b"#), (#"a\ b"#, #"a\\\ b"#), ("$x", "$$x"), ("#", "\\#"), ("c:d", "c\\:d"), ("a\tb", "a\\\tb"),
      ("x;y", nil), ("x|y", nil), ("x\ny", nil), ("x\\", nil), ("", ""),
      ("x ", nil), ("x\t", nil), ("x\\#", nil),
    ] as [(String, String?)])
  func quoting(_ name: String, _ expected: String?) { #expect(DependencyRule.quoted(name) == expected) }
}
