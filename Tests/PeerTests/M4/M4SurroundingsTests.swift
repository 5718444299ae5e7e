// What lies around a run of m4: standard input shared with commands, outputs that cannot be
// written, interrupts, large diversions, bytes and files that end too soon. Each as GNU m4 has it.

import Foundation
import TestSupport
import Testing

@Suite("The surroundings of a run, as GNU m4 has them", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
struct M4SurroundingsTests {
  /// Runs each command in a folder with the files, for both sides, and tells what differs.
  ///
  /// - Parameter writes: whether commands leave something behind, which is none of the next one's
  ///   business: each has a folder of its own then.
  private func expectSame(
    _ commands: [(title: String, text: String)], files: [String: String], writes: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let both = try BothM4()
    let folders = try BothM4.Side.allCases.map { _ in try TemporaryFolder() }
    for folder in folders { for (name, text) in files { try folder.write(name, text) } }
    let differences = try both.differences(
      commands.map {
        let own = "mkdir work; cp -p f* t* work 2>/dev/null; cd work\n\($0.text)\ncd ..; rm -rf work"
        return .init(title: $0.title, text: writes ? own : $0.text)
      },
      in: [.gnu: folders[0].path, .ours: folders[1].path], seconds: 300)
    #expect(differences == [], sourceLocation: sourceLocation)
  }

  // MARK: Standard input

  private static let sharing = [
    "a\nm4exit(0)\nb\nc\n", "a\nm4exit(0) b\nc\n", "a\nm4exit b\nc\n", "a\nm4exit", "a\nsyscmd(`cat')b\nc\n",
    "a\nsyscmd(`head -c 3')b\nc\nd\n", "a\nesyscmd(`head -c 3')b\nc\nd\n", "esyscmd(`read x; echo \"[$x]\"')b\nc\nd\n",
    "a\nsyscmd(`cat')", "a\nsyscmd(`cat')\n", "include(`fi')after\nmore\n", "m4wrap(`syscmd(`cat')')a\nb\n",
    "a\nlen(`x\nb\n", "a\nlen(m4exit(2) x\nb\n", "a\neval(1+)\nb\n", "a\nsyscmd(`head -n 1')dnl x\nb\nc\nd\n",
    "define(`f',`syscmd(`head -c 2')')f b\nc\n", "len(syscmd(`head -c 3')x\ny)\nz\n",
    "ifelse(a,a,`syscmd(`head -c 3')',b)\nz\n", "define(`f',`$@')f(syscmd(`head -c 2'),b\nc)\nd\n",
    "syscmd(`head -c 2')syscmd(`head -c 1')abcdefgh\nijk\n", "syscmd(`head -c 3')`quo\nted' x\ny\n",
    "syscmd(`head -n 2')__line__\n__line__\n__line__\n", "changequote(<\n,\n>)syscmd(<\nhead -c 4\n>)x\ny\nz\n",
    "define(`f',`syscmd(`head -c 2')g')define(`g',`<$1>')f xx(b)\n", "define(`f',`syscmd(`head -c 2')')f\n(b)\n",
    "m4exit(1)xyz\n", "syscmd(`exit 3')sysval x\ny\n", "syscmd(`')x\ny\nm4exit z\n", "",
    // The last line has come, but not its end.
    "a\nsyscmd(`cat')b\nc", "a\nsyscmd(`head -c 3')b\nc\nde", "a\nm4exit(0)\nb\nc",
    "a\n" + String(repeating: "z\n", count: 3000) + "syscmd(`head -n 1 | wc -c; wc -c')xy\n"
      + String(repeating: "y\n", count: 5000),
    "a\n" + String(repeating: "z\n", count: 3000) + "m4exit(0)" + String(repeating: "y\n", count: 5000),
    "syscmd(`head -n 2; wc -c')xy\n" + String(repeating: "twelve bytes\n", count: 9000),
  ]

  @Test("commands and later programs read a file on standard input from where m4 is in it")
  func sharedInput() throws {
    var files = ["fi": "syscmd(`head -c 3')X\n", "fg": "g1\nsyscmd(`head -c 3')G\n"]
    for (number, text) in Self.sharing.enumerated() { files["t\(number)"] = text }
    let calls = ["m4", "m4 -", "m4 - -", "m4 fg -", "m4 - fg", "m4 -s", "m4 -EE -", "m4 -i", "m4 -daeqtcfli", "m4 fg"]
    try expectSame(
      calls.flatMap { call in
        Self.sharing.indices.map {
          ("\(call) < \(Self.sharing[$0].prefix(60))", "(\(call); echo \"[$?]\"; cat) < t\($0)")
        }
      }
        // Of a pipe nothing is given back; a file opened for writing, too, or read from before, is a file.
        + Self.sharing.indices.dropLast(3).flatMap { number in
          [
            ("pipe \(number)", "cat t\(number) | (m4; echo \"[$?]\"; cat)"),
            ("both ways \(number)", "(m4; echo \"[$?]\"; cat) <> t\(number)"),
            ("begun \(number)", "(dd bs=1 count=2 of=/dev/null 2>/dev/null; m4; echo \"[$?]\"; cat) < t\(number)"),
          ]
        },
      files: files, writes: false)
  }

  // MARK: Outputs that fail

  @Test("an output that is full or closed")
  func fullOutput() throws {
    let texts = [
      "abc\n", "", "dnl\n", "syscmd(`echo hi >&2')abc\n", "abc\nsyscmd(`echo hi >&2')", "m4exit(3)\n",
      "errprint(`x')\n",
      "abc\nerrprint(`x')dnl\n", "divert(1)abc\n", "abc\nm4exit(0)\n", "abc\nm4exit(5)\n", "eval(1+)\n", "len(`x",
      "abc\nlen(`x",
      "m4wrap(`abc')", "divert(-1)abc\n", "define(`x',`y')dnl\nx", String(repeating: "a\n", count: 100_000),
    ]
    let files = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ("t\($0)", $1) })
    var commands: [(String, String)] = []
    for (number, text) in texts.enumerated() {
      for target in [">/dev/full", ">&-"] {
        for option in ["", "-E", "-i", "-s", "-daeqt", "-F frozen"] {
          commands.append(
            ("\(option) \(target) \(text.prefix(30))", "m4 \(option) t\(number) \(target); echo \"[$?]\" >&2; ls"))
        }
      }
    }
    try expectSame(commands, files: files)
  }

  @Test("a standard input that is closed, and messages that cannot be written")
  func closedInput() throws {
    let texts = ["abc\n", "", "syscmd(`echo hi; cat')\n", "esyscmd(`cat')\n", "esyscmd(`wc -c')\n", "eval(1+)\n"]
    let files = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ("t\($0)", $1) })
    let calls = [
      "m4 <&-", "m4 T <&-", "m4 - <&-", "m4 T - <&-", "m4 - T <&-", "m4 T 2>&-", "m4 T 2>/dev/full", "m4 < .",
      "m4 T < .",
    ]
    try expectSame(
      texts.indices.flatMap { number in
        calls.map { ("\($0) \(texts[number])", $0.replacing("T", with: "t\(number)") + "; echo \"[$?]\"") }
      }, files: files)
  }

  @Test("traces into files that are full, missing, or the output itself")
  func debugFiles() throws {
    let texts = [
      "define(`f',`F')f\n", "dumpdef(`f')", "debugfile(`/dev/full')define(`f',`F')dumpdef(`f')x\n",
      "debugfile(`/no/x')define(`f',`F')dumpdef(`f')x\n", "debugfile()define(`f',`F')dumpdef(`f')x\n",
      "debugmode(V)debugfile(`ok')traceon f\ndefine(`f',`F')f()syscmd(`cat ok')", "m4exit(5)", "abc\nm4exit(0)\n",
      "abc\nm4wrap(`m4exit(5)')", "debugfile(`ok')debugfile(`/dev/full')debugfile(`.')f",
    ]
    let files = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ("t\($0)", $1) })
    let options = [
      "-o /dev/full", "-o /no/such", "-o .", "-o ''", "--debugfile=/dev/full", "--debugfile=/no/x", "--debugfile",
      "-dt -o /dev/full", "-dV -o /dev/full", "-dV --debugfile=/dev/full", "-o ok -o /dev/full",
      "-dV -o /dev/full -o ok",
      "-dV --debugfile=/dev/full --debugfile=ok", "-dV -o /dev/stdout",
    ]
    try expectSame(
      texts.indices.flatMap { number in
        options.flatMap { option in
          ["", ">/dev/full"].map { target in
            (
              "\(option) \(target) \(texts[number])",
              "m4 \(option) t\(number) \(target); echo \"[$?]\" >&2; cat ok 2>&-"
            )
          }
        }
      }, files: files)
  }

  // MARK: Interrupts

  /// The options, the text that is being read, and how the signal is sent: to m4 alone or to its group.
  static let interrupted: [[(options: String, text: Int, sending: String)]] = [
    (0...4).map { ("", $0, "") },
    (0...4).map { ("", $0, "--foreground ") },
    [("-i", 0, ""), ("-i", 1, ""), ("-e", 2, ""), ("-e", 3, ""), ("-i", 3, "--foreground "), ("-", 1, "")],
  ]

  @Test("interrupts, with and without -i and -e, while reading and during commands", arguments: interrupted.indices)
  func interrupts(_ part: Int) throws {
    let files = [
      "t0": "a\n", "t1": "a\nsyscmd(`sleep 1; echo done')sysval\n", "t2": "a\nesyscmd(`sleep 1; echo done')sysval\n",
      "t3": "a\nsyscmd(`trap \"\" 2; sleep 1; echo done')sysval\n", "t4": "define(`f',`f')f\n",
    ]
    try expectSame(
      Self.interrupted[part].map { options, text, sending in
        let feed = "(cat t\(text); sleep 1.5; printf 'after\\nm4exit(4)\\n') 2>/dev/null"
        return (
          "\(options) \(text) \(sending)",
          "\(feed) | timeout --preserve-status \(sending)-s INT 0.7 m4 \(options); echo \"[$?]\""
        )
      }, files: files)
  }

  // MARK: Large and odd texts

  @Test("diversions of more than ten million bytes, several at once and in each other")
  func largeDiversions() throws {
    let line = String(repeating: "0123456789", count: 100)
    let fill = "define(`fill', `ifelse(`$1', `0', `', `$1 \(line)\nfill(decr(`$1'))')')dnl\n"
    let files = [
      "t0": fill + "divert(1)fill(12000)divert(2)fill(500)divert(1)end\ndivert(0)start\n",
      "t1": fill + "divert(3)fill(11000)divert(7)undivert(3)more\ndivert(2)undivert(7)divert(0)undivert(2)rest\n",
      "t2": fill + "divert(2147483647)fill(11000)divert(5)fill(11000)divert(-1)undivert(5)divert(0)x\n",
      "t3": fill + "divert(1)fill(11000)m4exit(0)\n",
    ]
    try expectSame(
      files.keys.sorted().flatMap { file in
        ["", "-s", "-i"].map {
          (
            "\($0) \(file)",
            "m4 \($0) \(file) > out; echo \"[$?]\"; cksum < out; m4 \(file) - < /dev/null | tail -c 100"
          )
        }
      } + [("frozen", "m4 -F x t0 > out; m4 -R x fi > out2; cksum < out2; cksum < out")],
      files: files.merging(["fi": "again\n"]) { $1 })
  }

  @Test("NUL bytes in the output of a command, under changed quotes and comments")
  func nulBytes() throws {
    let outputs = [
      "a\\0b", "[a\\0b]c", "<<a\\0b>>c", "`a\\0b'\\''c", "#a\\0b\\nc\\n", "\\0", "\\0[x]", "[x\\0y", "[[x]\\0y]z\\0w",
      "/*a\\0b*/c", "f(\\0)x", "len(a\\0b)x", "len([a\\0b])[y]", "define([f],[a\\0b])f len(f)len([a\\0b])",
    ]
    let settings: [(text: String, open: String, close: String)] = [
      ("", "`", "'"), ("changequote([,])", "[", "]"), ("changequote(<<,>>)", "<<", ">>"), ("changecom([,])", "`", "'"),
      ("changequote([[,]])changecom(/*,*/)", "[[", "]]"), ("changequote(`',`')", "", ""),
      ("changequote([,])changecom(<<,>>)", "[", "]"),
    ]
    var files: [String: String] = [:]
    for (number, text) in outputs.enumerated() { files["f\(number)"] = "printf '\(text)'\n" }
    var commands: [(String, String)] = []
    for (number, setting) in settings.enumerated() {
      for place in ["@|", "len(@)|", "define(NAME,@)f|", "@\nq"] {
        for output in outputs.indices {
          let call = "esyscmd(\(setting.open)sh ./f\(output)\(setting.close))"
          let text = place.replacing("@", with: call).replacing("NAME", with: "\(setting.open)f\(setting.close)")
          let name = "t\(number)_\(commands.count)"
          // One of them defines a macro by its own name, which goes on for ever.
          if setting.text == "changecom([,])", output == outputs.count - 1, place.hasPrefix("define") { continue }
          files[name] = setting.text + text + "\n"
          commands.append(("\(setting.text)\(text) of \(outputs[output])", "m4 \(name); echo \"[$?]\""))
        }
      }
    }
    try expectSame(commands, files: files, writes: false)
  }

  @Test("files that end without a newline, wherever they end")
  func noFinalNewline() throws {
    let tails = [
      "x", "f", "f(a", "`q'", "#c", "dnl", "dnl x", "f(a)", "a\nf", "define(`f',`F')f", ")", "m4wrap(`w')",
      "m4wrap(`f')x",
      "include(`fi')", "undivert(`fi')", "divert(1)z", "m4exit", "`", "f(", "__line__", "__file__:__line__",
    ]
    let mains = [
      "include(`TAIL')y\n", "include(`TAIL')`'y\n", "include(`TAIL')", "undivert(`TAIL')y\n", "include(`TAIL')(b)\n",
      "define(`f',`<$1>')include(`TAIL')y z", "x include(`TAIL')#c\n__line__", "m4wrap(`include(`TAIL')')x",
      "m4wrap(`include(`TAIL')y')x", "divert(1)include(`TAIL')", "m4wrap(`TEXT')|", "m4wrap(`TEXT')m4wrap(`z')f",
    ]
    var files = ["fi": "f"]
    var commands: [(String, String)] = []
    for (number, tail) in tails.enumerated() {
      files["t\(number)"] = tail
      for (form, main) in mains.enumerated() {
        let name = "t\(number)_\(form)"
        files[name] = main.replacing("TAIL", with: "t\(number)").replacing(
          "TEXT", with: tail.replacing("`q'", with: "q"))
        for option in ["", "-s", "-D f='<$1>' -daeqtcfli"] {
          commands.append(("\(option) \(tail) in \(main)", "m4 \(option) \(name); echo \"[$?]\""))
        }
      }
      commands.append(("twice \(tail)", "m4 -s t\(number) t\(number) fi - < t\(number); echo \"[$?]\""))
      commands.append(("frozen \(tail)", "m4 -Df=X -F x t\(number); echo \"[$?]\"; m4 -R x t\(number)"))
      // A definition that contains its own name goes on for ever.
      if !tail.contains("f") {
        commands.append(("-D \(tail)", "m4 -Df=\"$(cat t\(number))\" fi t\(number); echo \"[$?]\""))
      }
    }
    try expectSame(commands, files: files, writes: false)
  }
}

@Suite("Texts that double without end")
struct DoublingTests {
  static let programs = [
    "define(`f',`f(`$1$1')')f(`xxxxxxxxxx')", "define(`f',`define(`s',defn(`s')defn(`s'))f')define(`s',`x')f",
    "define(`f',`ifelse(`$1',`',,`f(`$1$1')')')f(a)", "define(`f',`m4wrap(`$1$1')f(`$1$1')')f(`ab')",
    "define(`f',`pushdef(`s',`$1$1')f(`$1$1')')f(ab)", "define(`f',`divert(1)$1`'divert(0)f(`$1$1')')f(ab)",
    "define(`f',`f(format(`%s%s',`$1',`$1'))')f(ab)", "define(`f',`f(patsubst(`$1',`a',`aa'))')f(ab)",
    "define(`f',`f(translit(`$1$1',`a',`b'))')f(ab)",
  ]

  @Test("they end where memory does, with the macros that do it and GNU m4's status", arguments: programs)
  func limitedMemory(_ program: String) throws {
    // The process alone has little memory, not the machine.
    func ended(_ command: String) throws -> RunResult {
      try run("/bin/sh", ["-c", "ulimit -v 250000; exec \"$0\"", command], input: Array(program.utf8))
    }
    let result = try ended(Checkout.command("m4"))
    #expect(result.status == 1 && result.messageText.contains("memory exhausted"), "\(result)")
    #expect(result.messageText.contains("the calls repeat: `f' (stdin:1) -> `f'"), "\(result)")
    guard Peer.m4.isWanted else { return }
    let peer = try run(
      "/bin/sh", ["-c", "ulimit -v 250000; exec \"$0\"", Peer.m4.path], input: Array(program.utf8),
      environment: Peer.environment)
    #expect(peer.status == result.status && peer.messageText.contains("memory exhausted"), "\(peer)")
  }
}
