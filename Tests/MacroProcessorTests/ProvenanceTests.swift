import Diagnostics
import Foundation
import MacroProcessor
import TestSupport
import Testing

/// Expands a text with the map of its output.
private func mapped(_ text: String, files: [String: String] = [:]) -> (output: [UInt8], map: OutputMap) {
  var surroundings = Surroundings()
  surroundings.readFile = { path in
    files[String(decoding: path, as: UTF8.self)].map { .contents(Array($0.utf8)) } ?? .missing(errno: 2)
  }
  surroundings.receive = { _ in }
  var processor = Processor(surroundings)
  processor.keepProvenance(mapsOutput: true)
  do throws(ProcessorExit) {
    try processor.process(text: Array(text.utf8), named: Array("main".utf8))
    _ = try processor.finish()
  } catch {}
  return (processor.takeOutput(), processor.takeMap())
}

/// Each piece of the output with its origin: `file:line` of files' own text, else the calls.
private func pieces(_ text: String, files: [String: String] = [:]) -> [String] {
  let (output, map) = mapped(text, files: files)
  return map.runs.enumerated().map { index, run in
    let end = index + 1 < map.runs.count ? map.runs[index + 1].start : output.count
    let shown = String(decoding: output[run.start..<end], as: UTF8.self).replacingOccurrences(of: "\n", with: "/")
    let place = "\(String(decoding: map.file(run.file), as: UTF8.self)):\(run.line)"
    let calls = map.steps(to: run).map { "\(String(decoding: $0.name, as: UTF8.self))@\($0.line)" }
    return "\(shown) \(run.isFile ? place : "") \(calls.joined(separator: " < "))".trimmingCharacters(in: .whitespaces)
  }
}

/// What is said of a text, in full.
private func findings(_ text: String) -> String {
  final class Log { var messages: [Message] = [] }
  let log = Log()
  var surroundings = Surroundings()
  surroundings.receive = { log.messages.append($0) }
  var processor = Processor(surroundings)
  processor.keepProvenance(mapsOutput: false)
  do throws(ProcessorExit) {
    try processor.process(text: Array(text.utf8), named: Array("main".utf8))
    _ = try processor.finish()
  } catch {}
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.utf8) }
  let line: (SourcePosition) -> [UInt8]? = { lines.indices.contains($0.line - 1) ? lines[$0.line - 1] : nil }
  let renderer = TerminalRenderer(sourceLine: line)
  return (log.messages.map { $0.finding(line) } + processor.lateFindings).map(renderer.render).joined()
}

@Suite("The calls behind a text")
struct ProvenanceTests {
  @Test(
    "each byte of the output has the line or the calls that it came from",
    arguments: [
      ("one\ntwo\n", ["one/two/ main:1"]),
      ("a\ndefine(`f', `<$1>')dnl\nf(`x') b\n", ["a/ main:1", "<x>  f@3", "b/ main:3"]),
      ("define(`g', `[f]')define(`f', `F')g", ["[  g@1", "F  f@1 < g@1", "]  g@1"]),
      ("divert(1)late\ndivert(0)now\n", ["now/ main:2", "late/ main:1"]),
      ("define(`f', `F')divert(1)f\ndivert(0)now\n", ["now/ main:2", "F  f@1", "/ main:1"]),
      ("`two\nlines'\nx\n", ["two/lines main:1", "/x/ main:2"]),
      ("include(`other')end\n", ["own/ other:1 include@1", "end/ main:1"]),
      ("\nundivert(`other')end\n", ["/ main:1", "own/ other:1 undivert@2", "end/ main:2"]),
      ("define(`f', `define(`h', `H')')f\nh\n", ["/ main:1", "H  h@2", "/ main:2"]),
      ("ifelse(`a', `a', `yes')\n", ["yes  ifelse@1", "/ main:1"]),
      ("m4wrap(`end')x\n", ["x/ main:1", "end  m4wrap@1"]),
    ])
  func origins(_ text: String, _ expected: [String]) {
    #expect(pieces(text, files: ["other": "own\n"]) == expected)
  }

  @Test("long texts that are handed on by reference have them, too")
  func references() {
    let long = String(repeating: "0123456789", count: 40)
    let found = pieces("define(`s', `\(long)')dnl\ndefn(`s')\ndefine(`l', `$@')dnl\nl(`\(long)', `b')\n")
    #expect(found == ["\(long)  defn@2", "/ main:2", "\(long),b  l@4", "/ main:4"])
  }

  @Test(
    "the call in a file that defined the name is known, where what is there hangs on it or is its text",
    arguments: [
      "define(`FEATURE', `define(`_$1_', `yes')')define(`rules', `ifdef(`_x_', `rule')')\n\nFEATURE(`x')\nrules\n",
      "define(`FEATURE', `define(`_rule_', `rule $1')')define(`rules', `_rule_')\n\nFEATURE(`x')\nrules\n",
    ])
  func requests(_ text: String) throws {
    let (_, map) = mapped(text)
    let run = try #require(map.runs.first { $0.call >= 0 })
    let call = try #require(map.request(for: run, in: Array("main".utf8)))
    #expect(map.names[Int(call.name)].elementsEqual("FEATURE".utf8) && call.line == 3)
    #expect(map.argument(of: call) == Array("x".utf8))
  }

  @Test("runs begin where the one before ends, whatever the program")
  func cover() {
    for seed in 0..<300 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let words = [
        "a", "\n", "f", "f(`x', g)", "g", "divert(1)", "divert(0)", "divert(-1)", "undivert(1)", "`q\nr'", "dnl ",
        "define(`f', `<$1 $@>')", "define(`g', `f(`$*')')", "ifelse(g, `', `y', `n')", "include(`other')", "#c\n",
        "shift(a, `b', f)", "m4wrap(`w\n')", "defn(`f')", "popdef(`g')", "changequote([,])", "changequote",
      ]
      let text = (0..<20).map { _ in words.randomElement(using: &random) ?? "" }.joined()
      let (output, map) = mapped(text, files: ["other": "own f(`z')\nline\n"])
      let starts = map.runs.map(\.start)
      #expect(starts == starts.sorted() && Set(starts).count == starts.count, "\(text)")
      #expect(output.isEmpty ? starts.isEmpty : starts.first == 0 && (starts.last ?? 0) < output.count, "\(text)")
      for run in map.runs { #expect(run.call < map.calls.count && map.steps(to: run).count <= map.calls.count) }
    }
  }

  @Test("messages show the line, the calls and the likely cause")
  func messages() {
    #expect(
      findings("define(`square', `eval($1 * $1)')dnl\n\nsquare(x)\n") == """
        main:3:1: warning: bad expression in eval: x * x [WB1101]
            3 | square(x)
              | ^~~~~~
          main:3:1: note: in the expansion of square(`x'), called here
          fix: a name in an expression must have a number for its text

        """)
    #expect(
      findings("define(`note', `it isn't (ok')\nmore\n") == """
        main:1:1: error: end of file in argument list [WB1101]
            1 | define(`note', `it isn't (ok')
              | ^~~~~~
          main:1:23: note: the apostrophe within the text ends a quote
          fix: close the argument list that begins here with )

        """)
    #expect(
      findings("ifelse(`a', `b',\n  define(`x', `never\n") == """
        main:2:15: error: end of file in string [WB1101]
            2 |   define(`x', `never
              |               ^
          main:2:3: note: within the arguments of define(`x'), which begin here
          main:1:1: note: within the arguments of ifelse(`a'), which begin here
          fix: close the quote that begins here

        """)
    // What is collected has no argument of its own yet.
    #expect(
      findings("len(\n eval(1/0)\n)") == """
        main:2:2: warning: divide by zero in eval: 1/0 [WB1101]
            2 |  eval(1/0)
              |  ^~~~
          main:1:1: note: within the arguments of len, which begin here

        """)
    #expect(!findings("eval(`1+')eval(`08')eval(`1 2')").contains("fix:"))
  }

  /// What is likely behind a text that does not end, and where.
  @Test(
    "where the cause can be told it is",
    arguments: [
      ("define(`x`, `y')\nmore\n", "main:1:10: note: this ` opens another quote; was it to be ' ?"),
      ("define(`x', `y'dnl\nmore\n", "main:1:16: note: a ) is missing before this dnl"),
      (
        "changecom\n# don`t\nmore\n",
        "main:2:1: note: a comment begins with dnl: what follows # is read like any other text"
      ),
      ("len(`it isn't (ok')\n", "main:1:12: note: the apostrophe within the text ends a quote"),
    ])
  func causes(_ text: String, _ note: String) {
    #expect(findings(text).contains(note), "\(findings(text))")
  }

  @Test("a quote that ends before dnl ends as it was meant to")
  func noCause() {
    let found = findings("len(`x',\n`y'dnl\nmore\n")
    #expect(found.contains("end of file in argument list") && !found.contains("apostrophe"), "\(found)")
  }

  /// A slip in its line, with what is said first: place, text and what to write.
  @Test(
    "slips of the pen are told at their place",
    arguments: [
      ("define(`x', `y'))dnl", "main:2:17: warning: this ) closes nothing", "take it out"),
      ("define(`x', a) b)dnl", "main:2:17: warning: this ) closes nothing", "quotes"),
      ("define(`x'), `y')dnl", "main:2:17: warning: this ) closes nothing", "take it out"),
      ("f(`x',\n`y'))dnl", "main:3:5: warning: this ) closes nothing", "take it out"),
      (
        "define(`x', `it isn't so')dnl", "main:2:20: warning: the apostrophe within the text ends a quote",
        "changequote"
      ),
      ("f('x')", "main:2:3: warning: this ' ends no quote", "begin quotes with `"),
      ("define(`x', `y')')", "main:2:17: warning: this ' ends no quote", "begin quotes with `"),
      ("f(`x')dn1", "main:2:7: warning: dn1 is not dnl", "write dnl"),
      ("f(`x') ndl more", "main:2:8: warning: ndl is not dnl", "write dnl"),
      ("dnlf(`x')", "main:2:1: warning: dnlf is one word", "write dnl f"),
      ("fdnl", "main:2:1: warning: fdnl is one word", "write f dnl"),
      ("f (`x')", "main:2:1: warning: f stands without arguments: its parenthesis", "without a blank"),
      ("define (`x', `y')", "main:2:1: warning: define stands without arguments", "without a blank"),
      ("divert (-1)", "main:2:1: warning: divert stands without arguments", "without a blank"),
      ("f", "main:2:1: note: f stands without the arguments", "write f(…)"),
    ])
  func slips(_ line: String, _ said: String, _ fix: String) {
    let found = findings("define(`f', `<$1>')dnl\n\(line)\n")
    #expect(found.hasPrefix(said) && found.contains("fix: ") && found.contains(fix), "\(found)")
    // One mistake, one message.
    #expect(found.matches(of: /WB\d+/).count == 1, "\(found)")
  }

  @Test(
    "what is meant as it stands is left alone",
    arguments: [
      "(see f(`x'))", "(see 'f(`x')')", "f(`x') (and f(`y'))", "f(`x')dnl it's a comment)",
      "f(`x')dnl as in g(`y'))dnl", "f(`it', `is')",
      "f(`x') # it)",
      "f(f(`x'), (y))",
      "divert(-1) define (x) f) dnlx f (x) divert(0)dnl", "f(`x')f(`y')", "a) f(`x') b) more", "f(``quoted' more')",
      "indnl dnl", "define(`g', `')g", "divnum (x)", "ifdef(`f', `f(`x')')", "f(`x')do f(`y')", "f(f)",
    ])
  func noSlips(_ line: String) {
    let found = findings("define(`f', `<$1>')dnl\n\(line)\n")
    #expect(found.isEmpty, "\(found)")
  }

  @Test("names that are nearly macros, and macros without their arguments, are told at the end")
  func names() {
    let said = findings("define(`greeting', `Hello $1')dnl\ngreetnig(`Bob')\ngreeting\nunknown(x)\n")
    #expect(said.contains("main:2:1: warning: greetnig is no macro; the call stays text"))
    #expect(said.contains("fix: did you mean greeting?"))
    #expect(said.contains("main:3:1: note: greeting stands without the arguments that its text uses"))
    #expect(!said.contains("unknown"))
  }
}
