import Options
import Testing

private enum ID: Sendable, Equatable { case fold, comment, define, debug, help, hashsize }

private let letters = OptionTable<ID>(
  .letters,
  [
    Option(.fold, "f"), Option(.comment, "D", value: .required("char")),
    Option(.debug, "d", value: .optional("flags")),
  ])

private let names = OptionTable<ID>(
  .lettersAndNames,
  sections: [
    .init(
      "Preprocessor:",
      [
        Option(
          .define, "D", long: ["define"], value: .required("NAME[=VALUE]"),
          help: "define NAME as VALUE, or as empty"),
        Option(.hashsize, "H", long: ["hashsize", "word-hash"], value: .required("N")),
        Option(
          .debug, "d", long: ["debug", "debugging"], value: .optional("FLAGS"), help: "trace"),
      ]),
    .init("Other:", [Option(.help, "hx", long: ["help"], help: "print this and exit")]),
  ])

private func words(_ text: String) -> [[UInt8]] {
  text.split(separator: " ").map { Array($0.utf8) }
}

/// Events in one line: `fold`, `comment=X`, `"operand"`, `!fault`.
private func shown(_ events: [OptionEvent<ID>]) -> String {
  events.map { event in
    switch event {
    case .option(let id, nil): "\(id)"
    case .option(let id, let value?): "\(id)=\(String(decoding: value, as: UTF8.self))"
    case .operand(let bytes): "\"\(String(decoding: bytes, as: UTF8.self))\""
    case .fault(let fault): "!" + String(decoding: fault.message, as: UTF8.self)
    }
  }.joined(separator: " ")
}

@Suite("Command lines are read as getopt and getopt_long read them")
struct OptionTests {
  @Test(
    "letters: clusters, attached and separate values, options behind operands",
    arguments: [
      ("-f hash x -f", "fold \"hash\" \"x\" fold"),
      ("-fDx -D y", "fold comment=x comment=y"),
      ("-f -- -f", "fold \"-f\""),
      ("- -f", "\"-\" fold"),
      ("-d x", "debug \"x\""),
      ("-dx", "debug=x"),
      ("-D", "!option requires an argument -- 'D'"),
      ("-D --", "comment=--"),
      ("-qf", "!invalid option -- 'q' fold"),
      ("--f", "!invalid option -- '-' fold"),
    ])
  func shortOptions(_ line: String, _ expected: String) {
    #expect(shown(letters.parse(words(line))) == expected)
  }

  @Test("where POSIX is asked for, the first operand ends the options")
  func operandsEndOptions() {
    #expect(shown(letters.parse(words("-f x -f"), operandsEndOptions: true)) == "fold \"x\" \"-f\"")
    #expect(shown(names.parse(words("-h x -h"), operandsEndOptions: true)) == "help \"x\" \"-h\"")
  }

  @Test(
    "names: order kept, abbreviations, values after an equals sign or as the next word",
    arguments: [
      ("a -Dx b --define=y c", "\"a\" define=x \"b\" define=y \"c\""),
      (
        "--def x --de=",
        "define=x !option '--de=' is ambiguous; possibilities: '--debug' '--debugging' '--define'"
      ),
      ("--define=", "define="),
      ("--deb --debug=a=b", "debug debug=a=b"),
      ("--debug a", "debug \"a\""),
      ("--h", "!option '--h' is ambiguous; possibilities: '--hashsize' '--help'"),
      ("--help=no", "!option '--help' doesn't allow an argument"),
      ("--nosuch=1", "!unrecognized option '--nosuch=1'"),
      ("--define", "!option '--define' requires an argument"),
      ("a -- -h --help", "\"a\" \"-h\" \"--help\""),
      ("-hx - -z", "help help \"-\" !invalid option -- 'z'"),
    ])
  func longOptions(_ line: String, _ expected: String) {
    #expect(shown(names.parse(words(line))) == expected)
  }

  @Test(
    "names of our own are written whole, and take no short form from another name",
    arguments: [
      ("--de", "debug"), ("-MF x --MF=y -MF", "define=x define=y !option 'MF' requires an argument"),
      ("--M", "!unrecognized option '--M'"), ("--debar", "help"), ("--deba", "!unrecognized option '--deba'"),
      ("-debar", "debug=ebar"), ("-dMF", "debug=MF"), ("-D -MF", "comment=-MF"),
    ])
  func wholeNames(_ line: String, _ expected: String) {
    let table = OptionTable<ID>(
      .lettersAndNames,
      [
        Option(.debug, "d", long: ["debug"], value: .optional("FLAGS")),
        Option(.comment, "D", value: .required("X")), Option(.help, long: ["debar"], style: .whole),
        Option(.define, long: ["MF"], style: .wholeWord, value: .required("FILE")),
      ])
    #expect(shown(table.parse(words(line))).replacing("option '--MF'", with: "option 'MF'") == expected)
  }

  @Test("bytes that are no text, and empty words, are kept")
  func anyBytes() {
    #expect(
      letters.parse([[0x2D, 0x44, 0xFF], []]) == [.option(.comment, value: [0xFF]), .operand([])])
    #expect(names.parse([[0x2D, 0x2D, 0xFF]]) == [.fault(.unknownName([0xFF]))])
  }

  @Test("the usage text has the sections, one column of help, and hides what has none")
  func help() {
    #expect(
      names.help(width: 51) == """
        Preprocessor:
          -D, --define=NAME[=VALUE]   define NAME as VALUE,
                                      or as empty
          -d, --debug, --debugging[=FLAGS]
                                      trace

        Other:
          -h, -x, --help              print this and exit

        """)
  }
}
