// M4ProgramGenerator.swift: small random m4 programs, with a command line for each.
//
// They are made to be odd rather than long: every builtin, arguments of the wrong number and
// kind, changed quotes and comments, bytes beyond ASCII, NUL, files that are not there. What
// cannot be the same in two runs is left out: mkstemp and maketemp have tests of their own.

import TestSupport

struct M4ProgramGenerator {
  private var random: SeededGenerator
  /// `m4_` where the builtins are called so (-P).
  private let prefix: String

  init(seed: UInt64) {
    // Neighbouring seeds give the same numbers, moved by one place: each gets a seed from the first.
    var seeds = SeededGenerator(seed: seed)
    random = SeededGenerator(seed: seeds.next())
    prefix = Int.random(in: 0..<25, using: &random) == 0 ? "m4_" : ""
  }

  /// Files that programs include; by name.
  static let files: [String: [UInt8]] = [
    "i1": Array("I1 x\nlen(ab)\n".utf8), "i2": Array("I2".utf8), "i3": [],
    "d/i4": Array("define(`x',`I4')x __file__ __line__\n".utf8),
    "p2.m4": Array("second x foo(1,2)\n".utf8),
  ]

  static let builtins =
    """
    builtin changecom changequote debugfile debugmode decr define defn divert divnum dnl dumpdef errprint esyscmd \
    eval __file__ format ifdef ifelse include incr index indir len __line__ m4exit m4wrap patsubst popdef \
    __program__ pushdef regexp shift sinclude substr syscmd sysval traceoff traceon translit undefine undivert
    """.split(separator: " ").map(String.init)

  private mutating func pick(_ choices: String...) -> String {
    choices.randomElement(using: &random) ?? ""
  }
  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }
  private mutating func times(_ range: ClosedRange<Int>, _ body: (inout Self) -> String) -> String {
    (0..<Int.random(in: range, using: &random)).map { _ in body(&self) }.joined()
  }
  private mutating func builtin() -> String { Self.builtins.randomElement(using: &random) ?? "len" }

  // MARK: A program and its command line

  /// Each scalar is a byte.
  mutating func program() -> [UInt8] {
    var text = times(1...8) { generator in
      let part = generator.chance(70) ? generator.call(0) : generator.chance(50) ? generator.text(0) : "\n"
      return part + (generator.chance(40) ? "\n" : "")
    }
    if chance(70) { text += "\n" }
    return Latin1.bytes(text)
  }

  /// The program itself is in `p.m4`, and standard input.
  mutating func commandLine() -> [String] {
    var words: [String] = []
    while chance(35) {
      words.append(
        pick(
          "-E", "-Q", "-G", "-g", "-d", "-dV", "-daeq", "-dt", "-dtc", "-dflaeqt", "-dx", "-dip", "-l3", "-l10",
          "-s", "-s", "-Dx=1", "-Dfoo=<$1>", "-Dlen", "-Uy", "-Udefine", "-tlen", "-tx", "-tfoo", "-Id", "-L3", "-L2",
          "-i", "--debugfile=dbg", "--warn-macro-sequence", "--warn-macro-sequence=a+", "-N4", "-e", "--trace=eval"))
    }
    if !prefix.isEmpty { words.append("-P") }
    switch Int.random(in: 0..<10, using: &random) {
    case 0...6: words.append("p.m4")
    case 7: words.append("-")
    case 8: words += ["p.m4", "-Dx=2", "i1", pick("-s", "-tx", "-Ux", "--debugfile"), "p2.m4"]
    default: break
    }
    return words
  }

  // MARK: Pieces

  private func quoted(_ text: String) -> String { "`" + text + "'" }

  private mutating func name() -> String {
    pick("x", "y", "z", "foo", "f", "g", "len", "define", "_a1", "dnl", "x y", "1a", "", "\u{E9}")
  }

  private mutating func number() -> String {
    pick(
      "0", "1", "2", "-1", "3", "10", "007", "0x1f", "+2", " 4", "", "99999999999", "-99999999999999999999",
      "2147483647", "-2147483648", "1e3", "a", "2 ")
  }

  private mutating func word() -> String {
    pick(
      "a", "b", "abc", "hello world", "x", "y", "foo", "(", ")", ",", "()", "#c", "$1", "$*", "$@", "$#", "$0", "$10",
      "${1}", "`", "'", "]", "\n", "\0", "\u{FF}", "%d", "\\1", ".*", "a-z", "dnl", "x(1)", "f", "len", "len(a)", " ",
      "\t", "\"")
  }

  private mutating func text(_ depth: Int) -> String {
    times(0...3) { generator in
      switch Int.random(in: 0..<10, using: &generator.random) {
      case 0...4: generator.word()
      case 5, 6: depth < 3 ? generator.call(depth + 1) : "q"
      case 7, 8: generator.quoted(depth < 3 ? generator.text(depth + 1) : "q")
      default: generator.name()
      }
    }
  }

  private mutating func argument(_ depth: Int) -> String {
    switch Int.random(in: 0..<20, using: &random) {
    case 0...6: quoted(text(depth + 1))
    case 7...9: text(depth + 1)
    case 10...13: number()
    case 14...16: quoted(name())
    case 17, 18: prefix + "defn(" + quoted(chance(50) ? prefix + builtin() : name()) + ")"
    default: pick(" ", "\n", "") + word()
    }
  }

  private mutating func pattern() -> String {
    times(0...5) {
      $0.pick(
        "a", "b", ".", "*", "+", "?", "\\(", "\\)", "\\|", "[a-z]", "[^b]", "^", "$", "\\w", "\\W", "\\b", "\\B", "\\<",
        "\\>", "\\`", "\\'", "\\1", "x", "\\", "[", "{", "\n", "\\{1\\}", "o", "\\s")
    }
  }

  private mutating func replacement() -> String {
    times(0...3) { $0.pick("\\&", "\\0", "\\1", "\\2", "\\", "x", "<", ">", "\\\\", "$1", "") }
  }

  private mutating func subject() -> String {
    times(0...6) { $0.pick("a", "b", "o", "foo", " ", "x", "\n", "\0", "bar", "-") }
  }

  private mutating func expression(_ depth: Int) -> String {
    if depth > 3 || chance(35) {
      return pick(
        "0", "1", "2", "3", "-1", "7", "0x1F", "0b101", "017", "08", "0r3:12", "0r36:zZ", "0r1:111", "2147483647",
        "4294967295", "99999999999", "0xg", "", "a", " 5 ", "0x")
    }
    let next = depth + 1
    switch Int.random(in: 0..<20, using: &random) {
    case 0...11:
      let sign = pick(
        "+", "-", "*", "/", "%", "**", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "&", "|", "^", "&&", "||", "=",
        "+=", "!", "~", ">>>", "<<=", "**=", "=>", "=<", "-", "++")
      return expression(next) + pick("", "", " ") + sign + pick("", " ") + expression(next)
    case 12...14: return pick("-", "+", "~", "!", "!!", "- -") + expression(next)
    case 15...18: return "(" + expression(next) + ")"
    default: return pick("(", ")", "((", ")(", "$") + expression(next)
    }
  }

  /// Widths stay small: neither program is to write gigabytes of blanks.
  private mutating func template() -> String {
    times(1...3) { generator in
      let flags = generator.pick("", "", "", "-", "0", "+", " ", "#", "-0")
      let width = generator.pick("", "", "5", "*", "12", "100")
      let precision = generator.pick("", "", ".2", ".*", ".", ".0")
      let size = generator.pick("", "", "", "h", "hh", "l", "ll", "L", "q", "j", "z", "t")
      let letter = Array("dioucsxXeEfFgGaA%spnm$1").randomElement(using: &generator.random) ?? "d"
      return generator.pick("", "a", " ") + "%" + flags + width + precision + size + String(letter)
    }
  }

  // MARK: Calls

  private mutating func call(_ depth: Int) -> String {
    var name = builtin()
    // Most programs are to go on to their end.
    if name == "m4exit", chance(80) { name = "define" }
    if chance(12) {
      let arguments = (0..<Int.random(in: 0...3, using: &random)).map { _ in argument(depth) }
      return prefix + name + (chance(90) ? "(" + arguments.joined(separator: ",") + ")" : pick("", "("))
    }
    return name == "dnl" ? pick("dnl\n", "dnl text x\n", "dnl(a)\n", "dnl") : prefix + name + arguments(of: name, depth)
  }

  private mutating func arguments(of name: String, _ depth: Int) -> String {
    switch name {
    case "define", "pushdef":
      return "(" + quoted(self.name()) + "," + (chance(50) ? argument(depth) : quoted(text(depth + 1))) + ")"
    case "eval":
      return "(" + quoted(expression(0)) + (chance(30) ? "," + number() : "")
        + (chance(20) ? "," + pick("0", "1", "5", "-1", "", "20") : "") + ")"
    case "format":
      return "(" + quoted(template())
        + times(0...4) { "," + $0.pick($0.small(), $0.small(), "1.5", "-3.25", "inf", "nan", "0x1p3", "abc") } + ")"
    case "regexp", "patsubst":
      return "(" + quoted(subject()) + "," + quoted(pattern()) + (chance(70) ? "," + quoted(replacement()) : "") + ")"
    case "translit":
      let from = pick("a-z", "ab", "z-a", "-a", "a-", "a--", "--", "a-c-e", "\u{E0}-\u{FF}", "", "abo", "a-zA")
      let to = pick("", "," + quoted(pick("A-Z", "x", "", "Z-A", "12", "-", "a-")))
      return "(" + quoted(subject()) + "," + quoted(from) + to + ")"
    case "substr": return "(" + quoted(subject()) + "," + number() + pick("", "," + number()) + ")"
    case "index": return "(" + quoted(subject()) + "," + quoted(pick("o", "a", "", "foo", "ab", "\0")) + ")"
    case "changequote", "changecom": return changedDelimiters(of: name, depth)
    case "divert":
      return pick(
        "", "(0)", "(1)", "(2)", "(-1)", "(3)", "(1000000)", "(-2147483648)", "(2147483647)", "(1,2)", "()", "( 1)",
        "(x)")
    case "undivert":
      return pick(
        "", "(0)", "(1)", "(2)", "(-1)", "(`i1')", "(nosuch)", "(1,2)", "()", "( 1)", "(1x)", "(+1)", "(1000000)",
        "(`i1',1)")
    case "include", "sinclude": return "(" + pick("i1", "i2", "i3", "nosuch", "", "`.'", "d/i4", "i4") + ")"
    case "syscmd", "esyscmd":
      let command = pick(
        "echo hi", "printf x", "exit 3", "kill -9 $$", ":", "", "nosuchcmd", "echo err >&2",
        "printf \"a\\0b\"",
        "true", "false", "kill -15 $$")
      return "(" + quoted(command) + ")"
    case "debugmode":
      return pick(
        "", "()", "(t)", "(+l)", "(-l)", "(V)", "(aeq)", "(+f)", "(-t)", "(x)", "(+x)", "(c)", "(+c)", "(+p)", "(+i)",
        "(z)", "(+)", "(-)", "(+q)", "(-a)", "(tae)")
    case "debugfile": return pick("", "()", "(dbg)")
    case "dumpdef": return "(" + quoted(self.name()) + pick("", "," + quoted(self.name())) + ")"
    case "traceon", "traceoff":
      return pick("", "(" + quoted(chance(50) ? self.name() : prefix + builtin()) + ")")
    case "m4wrap": return "(" + quoted(text(depth + 1)) + ")"
    case "indir", "builtin":
      let target = name == "builtin" ? builtin() : chance(50) ? self.name() : prefix + builtin()
      return "(" + quoted(target) + times(0...3) { "," + $0.argument(depth) } + ")"
    case "ifdef", "ifelse": return "(" + argument(depth) + times(0...6) { "," + $0.argument(depth) } + ")"
    case "__line__", "__file__", "__program__", "sysval", "divnum": return ""
    default: return "(" + argument(depth) + times(0...2) { "," + $0.argument(depth) } + ")"
    }
  }

  private mutating func small() -> String {
    pick("0", "1", "2", "-1", "3", "10", "007", "0x1f", "+2", " 4", "", "1e3", "a", "2 ", "300")
  }

  /// Something is written under the new quotes or comments, and mostly the old ones come back.
  private mutating func changedDelimiters(of name: String, _ depth: Int) -> String {
    let pairs = [
      ("", ""), ("[", "]"), ("\"", "\""), ("<<", ">>"), ("`", "'"), ("a", "b"), (",", ")"), ("(", ")"), ("[", ""),
      ("", "x"), ("`", "`"), ("#", "\n"), ("\u{E9}", "\u{DF}"), ("aa", "ab"), (" ", "z"), ("/*", "*/"), ("##", ""),
      ("len", "dnl"), ("/*", "*"), ("(", ","), ("a\nb", "\n\n"),
    ]
    let (open, close) = pairs.randomElement(using: &random) ?? ("", "")
    let change = pick("", "(" + quoted(open) + ")", "(\(open))", "(" + quoted(open) + "," + quoted(close) + ")")
    let restored = name == "changequote" ? pick("", "", "(`,')") : pick("", "(#)")
    return change + text(depth + 1) + (chance(70) ? prefix + name + restored : "")
  }
}
