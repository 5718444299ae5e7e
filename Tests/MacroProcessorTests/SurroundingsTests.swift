import MacroProcessor
import TestSupport
import Testing

/// Expands a text with nothing of the world but what the surroundings give.
private func expand(
  _ text: String, _ adjust: (inout Surroundings) -> Void = { _ in }, limits: Limits = Limits()
) -> (output: String, status: Int32) {
  var surroundings = Surroundings()
  adjust(&surroundings)
  var processor = Processor(surroundings)
  processor.limits = limits
  var status: Int32 = 0
  do throws(ProcessorExit) {
    try processor.process(text: Array(text.utf8), named: Array("test".utf8))
    status = try processor.finish()
  } catch {
    status = error.status
  }
  return (String(decoding: processor.takeOutput(), as: UTF8.self), status)
}

/// Collects what a processor says or shows.
private final class Log<Element> {
  var entries: [Element] = []
}

@Suite("The processor within its surroundings")
struct SurroundingsTests {
  @Test("commands are answered without a shell where the user of the library answers them")
  func commands() {
    let result = expand("esyscmd(`date')syscmd(`x')sysval") { surroundings in
      surroundings.runCommand = { command, _ in
        command == Array("date".utf8) ? (Array("never\n".utf8), 0) : (Array("out".utf8), 3 << 8)
      }
    }
    #expect(result.output == "never\nout3")
  }

  @Test("files are answered, refused or left to the system")
  func files() {
    let log = Log<Message>()
    let result = expand("include(`a')include(`b')") { surroundings in
      surroundings.receive = { log.entries.append($0) }
      surroundings.readFile = { path in
        path == Array("a".utf8) ? .contents(Array("from __file__ ".utf8)) : .missing(errno: 13)
      }
    }
    #expect(result.output == "from a ")
    #expect(result.status == 1)
    #expect(
      log.entries.map { String(decoding: $0.text, as: UTF8.self) } == [
        "cannot open `b': Permission denied"
      ])
  }

  @Test("a message carries the place and the line of the main file that led there")
  func messages() {
    let log = Log<Message>()
    _ = expand("\ninclude(`a')\nlen()len") { surroundings in
      surroundings.receive = { log.entries.append($0) }
      surroundings.readFile = { _ in .contents(Array("\n\nincr(x)".utf8)) }
    }
    #expect(log.entries.map(\.line) == [3])
    #expect(log.entries.map(\.originLine) == [2])
    #expect(log.entries.map(\.originFile) == [Array("test".utf8)])
  }

  @Test("calls that stand in the main file are shown, with arguments and line; others are not")
  func watching() {
    let log = Log<String>()
    _ = expand("define(`f',`len($1)')\nf(`abc',\nd) incr(incr(1))") { surroundings in
      surroundings.watch = { call in
        let arguments = call.arguments.map { String(decoding: $0, as: UTF8.self) }
        log.entries.append(
          "\(call.line) \(String(decoding: call.name, as: UTF8.self)) \(arguments)")
      }
    }
    #expect(
      log.entries == [
        #"1 define ["f", "len($1)"]"#, #"2 f ["abc", "d"]"#, #"3 incr ["2"]"#,
      ])
  }

  @Test("recursion without end is stopped by the limit on calls, and by depth")
  func limits() {
    let log = Log<Message>()
    var limits = Limits()
    limits.expansions = 1000
    let endless = expand(
      "define(`f',`f')f",
      { surroundings in
        surroundings.receive = { log.entries.append($0) }
        surroundings.watch = { _ in }
      }, limits: limits)
    #expect(endless.status == 65)
    let deep = expand("define(`f',`f(f')f(f") { $0.receive = { log.entries.append($0) } }
    #expect(deep.status == 1)
    #expect(
      log.entries.allSatisfy { String(decoding: $0.text, as: UTF8.self).contains("recursion") })
    #expect(log.entries.count == 2)
  }

  @Test(
    "whatever the bytes, expansion ends without a crash",
    arguments: 0..<200)
  func noise(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "define", "(", ")", ",", "`", "'", "$1", "$@", "#", "\n", "len", "ifelse", "eval", "x", " ",
      "1",
      "pushdef", "popdef", "defn", "changequote", "changecom", "patsubst", "format", "translit",
      "indir",
      "\u{0}", "divert", "undivert", "substr", "%d", "\\1", "[", "]", "m4wrap", "dnl", "shift",
      "-1", "traceon",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 1...200, using: &generator) {
      text += pieces.randomElement(using: &generator) ?? ""
    }
    var limits = Limits()
    limits.expansions = 20_000
    limits.nesting = 2_000
    let result = expand(
      text,
      { surroundings in
        surroundings.receive = { _ in }
        surroundings.watch = { _ in }
        surroundings.readFile = { _ in .missing(errno: 2) }
        surroundings.runCommand = { _, _ in ([], 0) }
      }, limits: limits)
    #expect((0...255).contains(result.status))
  }
}
