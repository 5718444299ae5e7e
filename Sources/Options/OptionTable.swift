// OptionTable.swift: the options of a drop-in command, as a table.
//
// A drop-in command's grammar is part of its compatibility: which letters and
// long names there are, which of them take a value, and what is said of the
// others. A command writes that down once, as rows; the parser, the usage text
// and the manual page read the rows.

/// What an option takes after its name.
package enum OptionValue: Sendable, Equatable {
  case none
  /// A value, attached or as the next argument; the text names it for people.
  case required(String)
  /// A value that must be attached (`-dFLAGS`, `--debug=FLAGS`) or is not there.
  case optional(String)
}

/// How the long names of an option may be written.
package enum NameStyle: Sendable, Equatable {
  /// As short as they are no other's name.
  case shortened
  /// Whole. For options that the original does not have, so that the short forms of its
  /// own keep their meaning.
  case whole
  /// Whole, and with one dash as well as with two.
  case wholeWord
}

/// One row: an option and all the ways to write it.
///
/// - `ID` is the command's own enumeration of its options. It need not be Equatable: Swift would
///   search all conformances of the program for that one at each start.
package struct Option<ID: Sendable>: Sendable {
  package let id: ID
  /// The letters, the one shown to people first; empty when there is none.
  package let letters: [UInt8]
  /// The long names without `--`, the one shown to people first.
  package let names: [String]
  package let style: NameStyle
  package let value: OptionValue
  /// One sentence for the usage text; empty hides the option there.
  package let help: String

  package init(
    _ id: ID, _ letters: String = "", long names: [String] = [], style: NameStyle = .shortened,
    value: OptionValue = .none, help: String = ""
  ) {
    self.id = id
    self.style = style
    self.letters = Array(letters.utf8)
    self.names = names
    self.value = value
    self.help = help
  }
}

/// How a command line is read.
package enum OptionGrammar: Sendable {
  /// getopt(3) of the C library: letters only.
  case letters
  /// getopt_long(3): letters, and names that may be shortened.
  case lettersAndNames
}

/// All options of a command.
package struct OptionTable<ID: Sendable>: Sendable {
  /// Options that the usage text shows below one title.
  package struct Section: Sendable {
    package let title: String
    package let options: [Option<ID>]

    package init(_ title: String, _ options: [Option<ID>]) {
      self.title = title
      self.options = options
    }
  }

  package let grammar: OptionGrammar
  package let sections: [Section]

  package init(_ grammar: OptionGrammar, sections: [Section]) {
    self.grammar = grammar
    self.sections = sections
  }

  package init(_ grammar: OptionGrammar, _ options: [Option<ID>]) {
    self.init(grammar, sections: [Section("", options)])
  }

  package var options: [Option<ID>] { sections.flatMap { $0.options } }
}
