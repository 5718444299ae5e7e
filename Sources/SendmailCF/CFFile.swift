// CFFile.swift: a sendmail.cf as a value.
//
// Lines in their order, each with its place, its text and what it says; what
// several lines say together (a ruleset and its rules, the mailers by name) is
// gathered from them. Nothing of the file is lost: printing the lines gives the
// file back, comments aside.

import Diagnostics

/// A sendmail.cf that was read.
package struct CFFile: Sendable {
  package var name: String
  package var lines: [CFLine]
  /// The numbers that the units of all lines use for macros and classes.
  package var names: MacroNames
  package var findings: [CFFinding]
  /// The cf macros as they stand at the end of the file.
  package var macros: CFMacros
  package var rulesetNumbers = RulesetNumbers()
  /// Of the `V` line; 0 without one.
  package var versionLevel = 0

  package var diagnostics: [Diagnostic] { findings.map(\.diagnostic) }

  package var mailers: [CFMailer] {
    lines.compactMap { if case .mailer(let mailer) = $0.content { mailer } else { nil } }
  }
  package var maps: [CFMap] {
    lines.compactMap { if case .map(let map) = $0.content { map } else { nil } }
  }
  package var options: [CFOption] {
    lines.compactMap { if case .option(let option) = $0.content { option } else { nil } }
  }
  package var headers: [CFHeader] {
    lines.compactMap { if case .header(let header) = $0.content { header } else { nil } }
  }
}

/// A logical line: the first one and those that continue it.
package struct CFLine: Sendable {
  /// Of the line's last physical line, the one that sendmail names.
  package var position: SourcePosition
  /// As it stands in the file, continuations included, without the last newline: mostly a part of the
  /// file's bytes.
  package var text: ArraySlice<UInt8>
  package var content: CFContent
}

/// What a line of a .cf says.
package enum CFContent: Sendable {
  case version(level: Int, vendor: [UInt8]?)
  /// `D`: the value keeps its macros as references.
  case macro(Int, value: [CFUnit])
  /// `C`: words of a class; of classes that stand as words (`$={VirtHost}`) the members
  /// they have by then.
  case words(classNumber: Int, [[UInt8]], copied: [Int])
  /// `F`: words of a class from a file, a program or a map.
  case classFile(CFClassFile)
  /// `S`: the rules that follow belong to it.
  case ruleset(CFRulesetName)
  case rule(CFRule)
  /// By reference: it is large, and there are few among many lines.
  indirect case mailer(CFMailer)
  case header(CFHeader)
  case option(CFOption)
  case map(CFMap)
  case precedence(name: [UInt8], value: Int)
  case trustedUsers([[UInt8]])
  case environment([UInt8])
  /// `Q`: a queue group; `X`: a mail filter. The fields as written.
  case queueGroup([CFUnit])
  case mailFilter([CFUnit])
  /// The line could not be read; a finding says why.
  case faulty
}

/// The words of a class that stand elsewhere.
package struct CFClassFile: Sendable {
  package enum Source: Sendable, Equatable {
    case file([UInt8])
    /// `|program arguments`
    case program([UInt8])
    /// `key@map` or `@LDAP`
    case map(key: [UInt8], map: [UInt8])
  }

  package var classNumber: Int
  package var source: Source
  /// `-o`: it may be missing.
  package var isOptional: Bool
  /// The scanf(3) format that picks the word of a line.
  package var format: [UInt8]?
}

/// A ruleset as a line names it; the name is empty where only a number is given.
package struct CFRulesetName: Sendable, Equatable, Hashable {
  package var name: [UInt8]
  package var number: Int
}

/// One `R` line; the macros of both sides are expanded as of this line.
/// Its sides are parts of the line's units, where nothing in them was expanded.
package struct CFRule: Sendable {
  package var left: ArraySlice<CFUnit>
  package var right: ArraySlice<CFUnit>
}

/// One `O` line.
package struct CFOption: Sendable {
  /// As the table spells it.
  package var name: String
  /// Behind the point: `Timeout.queuereturn`.
  package var part: [UInt8]?
  package var value: [CFUnit]
}

/// One `K` line, its macros expanded as of this line.
package struct CFMap: Sendable {
  package var name: [UInt8]
  package var mapType: [UInt8]
  package var arguments: [UInt8]
}

/// One `H` line.
package struct CFHeader: Sendable {
  /// `?flags?`: the mailer flags of which one is needed.
  package var flags: [UInt8]
  /// `?${macro}?`: the macro that must be set.
  package var condition: [CFUnit]
  package var name: [UInt8]
  package var value: [CFUnit]
  /// `$>ruleset`: the ruleset that checks the header, and whether comments stay (`$>+`).
  package var check: (ruleset: [UInt8], keepsComments: Bool)?
}
