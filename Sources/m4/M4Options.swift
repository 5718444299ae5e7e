// M4Options.swift: the options of m4, as GNU m4 1.4.19 has them (m4(1)).

import Options

enum M4Option: Sendable, Equatable {
  case help, version
  case fatalWarnings, interactive, prefixBuiltins, quiet, warnMacroSequence
  case define, include, syncLines, undefine
  case gnu, traditional, hashSize, nestingLimit
  /// Options of other and older m4s, with what is said of them; only -e does something.
  case obsolete(warning: String)
  case obsoleteInteractive
  case freezeState, reloadState
  case debug, debugFile, argumentLength, errorOutput, trace
  /// One that GNU m4 does not have.
  case own(OwnOption)
}

let m4Options = OptionTable<M4Option>(
  .lettersAndNames,
  sections: [
    .init(
      "Operation",
      [
        Option(.help, long: ["help"], help: "show this help and exit"),
        Option(.version, long: ["version"], help: "show the version and exit"),
        Option(
          .fatalWarnings, "E", long: ["fatal-warnings"],
          help: "once: exit with status 1 after a warning; twice: stop at the first"),
        Option(
          .interactive, "i", long: ["interactive"],
          help: "write output at once and let interrupts (SIGINT) pass"),
        Option(.obsoleteInteractive, "e"),
        Option(
          .prefixBuiltins, "P", long: ["prefix-builtins"],
          help: "call the builtins m4_define and so on"),
        Option(
          .quiet, "Q", long: ["quiet", "silent"],
          help: "do not warn of too few or too many arguments"),
        Option(
          .warnMacroSequence, long: ["warn-macro-sequence"], value: .optional("REGEXP"),
          help: "warn where a definition matches REGEXP; without one, where it has ${...} or $10"),
      ]),
    .init(
      "Input",
      [
        Option(
          .define, "D", long: ["define"], value: .required("NAME[=VALUE]"),
          help: "define NAME, as VALUE or as empty"),
        Option(
          .include, "I", long: ["include"], value: .required("FOLDER"),
          help: "look for included files in FOLDER too"),
        Option(
          .syncLines, "s", long: ["synclines"],
          help: "write #line lines that say where the text comes from"),
        Option(
          .undefine, "U", long: ["undefine"], value: .required("NAME"), help: "undefine NAME"),
      ]),
    .init(
      "Limits",
      [
        Option(.gnu, "g", long: ["gnu"], help: "take -G back"),
        Option(
          .traditional, "G", long: ["traditional"], help: "leave GNU's extensions out"),
        Option(
          .hashSize, "H", long: ["hashsize"], value: .required("NUMBER"),
          help: "accepted; the table grows by itself"),
        Option(
          .nestingLimit, "L", long: ["nesting-limit"], value: .required("NUMBER"),
          help: "how deep calls may nest; 0, the default, for any depth"),
        obsolete("B", "`m4 -B' may be removed in a future release"),
        obsolete("S", "`m4 -S' may be removed in a future release"),
        obsolete("T", "`m4 -T' may be removed in a future release"),
        obsolete("N", "`m4 -N' is deprecated"),
        obsolete(long: ["diversions"], "`m4 --diversions' is deprecated"),
      ]),
    .init(
      "Frozen state",
      [
        Option(
          .freezeState, "F", long: ["freeze-state"], value: .required("FILE"),
          help: "save the state at the end in FILE"),
        Option(
          .reloadState, "R", long: ["reload-state"], value: .required("FILE"),
          help: "begin with the state that FILE holds"),
      ]),
    .init(
      "Debugging",
      [
        Option(
          .debug, "d", long: ["debug"], value: .optional("FLAGS"),
          help: "what traces show, of aceflipqtxV; aeq when none are given"),
        Option(
          .debugFile, long: ["debugfile"], value: .optional("FILE"),
          help: "where traces go; standard error without FILE"),
        Option(
          .argumentLength, "l", long: ["arglength"], value: .required("NUMBER"),
          help: "cut longer texts in traces"),
        Option(
          .errorOutput, "o", long: ["error-output"], value: .required("FILE"),
          help: "where traces go; another name of --debugfile"),
        Option(
          .trace, "t", long: ["trace"], value: .required("NAME"), help: "trace calls of NAME"),
      ]),
  ] + ownSections)

private func obsolete(
  _ letter: String = "", long names: [String] = [], _ warning: String
) -> Option<M4Option> {
  Option(
    .obsolete(warning: warning), letter, long: names, value: .required("NUMBER"))
}
