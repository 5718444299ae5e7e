import Foundation
import Rulesets
import SendmailCF
import TestSupport
import Testing

private let fixtures = Checkout.root + "/Tests/RulesetsTests/Fixtures"

private func program(_ text: String) -> RulesetProgram {
  ProgramBuilder.build(Array(text.utf8), name: "x.cf")
}

private func shown(_ engine: RulesetEngine) -> String {
  engine.tokens.map { String(decoding: engine.bytes($0), as: UTF8.self) }.joined(separator: " ")
}

struct RewritingCase: Sendable, CustomTestStringConvertible {
  let ruleset: String
  let address: String
  let result: String
  var testDescription: String { "\(ruleset) \(address)" }

  static let all: [RewritingCase] = {
    let text = (try? String(contentsOfFile: fixtures + "/rewriting.cases", encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    return stride(from: 0, to: lines.count - 2, by: 3).map {
      RewritingCase(ruleset: lines[$0], address: lines[$0 + 1], result: lines[$0 + 2])
    }
  }()
}

@Suite("Rules rewrite a workspace")
struct RewritingTests {
  @Test("there are cases") func notEmpty() { #expect(RewritingCase.all.count > 12) }

  @Test("hand-checked cases", arguments: RewritingCase.all)
  func rewriting(_ rewriting: RewritingCase) throws {
    let text = try String(contentsOfFile: fixtures + "/rewriting.cf", encoding: .utf8)
    let program = program(text)
    #expect(program.findings.isEmpty)
    let engine = RulesetEngine(program)
    let ruleset = try #require(program.ruleset(named: rewriting.ruleset))
    #expect(engine.load(Array(rewriting.address.utf8)).problems.isEmpty)
    #expect(engine.rewrite(ruleset) == 0)
    #expect(shown(engine) == rewriting.result)
  }

  @Test("a triple is read from the workspace, an error with its codes")
  func triple() throws {
    let program = program("V10\nS0\nRa\t$#smtp $@ h . x $: u @ h\nRb\t$#error $@ 5.7.1 $: \"550 5.1.8 no way\"\n")
    let engine = RulesetEngine(program)
    _ = engine.load(Array("a".utf8))
    #expect(engine.rewrite(0) == 0)
    let triple = try #require(engine.triple)
    #expect(triple.host == Array("h.x".utf8))
    #expect(triple.user == Array("u@h".utf8))
    _ = engine.load(Array("b".utf8))
    #expect(engine.rewrite(0) == 0)
    let error = try #require(engine.triple)
    let reply = ErrorReply(user: error.user ?? [], host: error.host)
    #expect(reply.code == Array("550".utf8))
    #expect(reply.enhanced == Array("5.1.8".utf8))
    #expect(reply.text == Array("no way".utf8))
    #expect(ErrorReply.status(host: error.host) == 65)
  }

  @Test("each rule counts its uses")
  func coverage() {
    let engine = RulesetEngine(program("V10\nSx\nRa\tb\nRb\tc\nRz\ty\n"))
    _ = engine.load(Array("a".utf8))
    #expect(engine.rewrite(199) == 0)
    #expect(engine.coverage == [1, 1, 0])
    engine.resetCoverage()
    #expect(engine.coverage == [0, 0, 0])
  }

  @Test("a map that cannot answer is not a map that says no")
  func temporaryFailure() {
    let engine = RulesetEngine(
      program("V10\nKm hash /nonexistent/map\nKn null\nSx\nRa\t$@ $(m a $: no $)\nRb\t$@ $(n b $: no $)\n"))
    _ = engine.load(Array("a".utf8))
    #expect(engine.rewrite(199) == 75)
    #expect(shown(engine) == "no")
    _ = engine.load(Array("b".utf8))
    #expect(engine.rewrite(199) == 0)
  }

  @Test(
    "rewriting without end is ended",
    arguments: [("R$*\t$1 x", 0), ("R$*\t$>x $1", 78), ("R$*\t$1 $1", 65), ("R$-\t$9", 78)] as [(String, Int32)])
  func limits(_ rule: String, _ status: Int32) {
    let engine = RulesetEngine(program("V10\nSx\n\(rule)\n"))
    _ = engine.load(Array("a".utf8))
    #expect(engine.rewrite(199) == status)
  }

  @Test("many addresses later the tokens of the rules are still known")
  func recycling() {
    let engine = RulesetEngine(program("V10\nSx\nR$* @ Here\t$@ $1\n"))
    for number in 0..<60_000 {
      _ = engine.load(Array("user\(number)@HERE".utf8))
      _ = engine.rewrite(199)
      if number % 10_000 == 0 { #expect(shown(engine) == "user\(number)") }
    }
    #expect(shown(engine) == "user59999")
  }

  @Test("an observer sees rulesets, rules and look-ups")
  func observer() {
    let engine = RulesetEngine(program("V10\nKn null\nSx\nRa\t$@ $(n k $@ v $: d $)\n"))
    let log = Log()
    engine.observer = log
    _ = engine.load(Array("a".utf8))
    _ = engine.rewrite(199)
    #expect(log.lines == ["run 199 a", "match 0", "look n k v", "rewrite d", "ran 199 d"])
  }

  private final class Log: RulesetObserver {
    var lines: [String] = []
    var wantsEveryRule: Bool { false }
    func willRun(_ ruleset: Int, _ engine: RulesetEngine) { lines.append("run \(ruleset) \(shown(engine))") }
    func didRun(_ ruleset: Int, _ engine: RulesetEngine) { lines.append("ran \(ruleset) \(shown(engine))") }
    func isTrying(_ rule: Int, _ engine: RulesetEngine) {}
    func didFail(_ rule: Int, _ engine: RulesetEngine) {}
    func didMatch(_ rule: Int, _ engine: RulesetEngine) { lines.append("match \(rule)") }
    func didRewrite(_ rule: Int, _ engine: RulesetEngine) { lines.append("rewrite \(shown(engine))") }
    func didReadMacro(_ side: RulesetEngine.Side, _ number: Int, _ value: [UInt8]?) {}
    func willLookUp(_ map: [UInt8], _ key: [UInt8], _ arguments: [[UInt8]]) {
      lines.append(
        "look " + ([map, key] + arguments).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " "))
    }
    func didLookUp(_ map: [UInt8], _ key: [UInt8], _ answer: MapAnswer) {}
    func report(_ fault: RewriteFault) { lines.append("fault") }
  }
}
