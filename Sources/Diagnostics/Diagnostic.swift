// Diagnostic.swift: what is wrong, where, why, and what to write instead.
//
// A diagnostic is a value. Wording, position and fix travel together from the
// parser that found the fault to the edge of the program, where they are
// rendered once (`TerminalRenderer`, `JSONRenderer`). Each module keeps its
// wording in one file, as static members of `Diagnostic.Message`; the codes are
// assigned in `MessageCode`.

/// One finding about the user's input.
package struct Diagnostic: Sendable, Equatable {
  package enum Severity: String, Sendable, Comparable, CaseIterable {
    case note, warning, error

    package static func < (one: Severity, other: Severity) -> Bool {
      one.rank < other.rank
    }

    private var rank: Int {
      switch self {
      case .note: 0
      case .warning: 1
      case .error: 2
      }
    }
  }

  /// Wording with its stable code. The text is lower case, without a full stop,
  /// quotes what was read and says what happens next if we go on.
  package struct Message: Sendable, Equatable {
    package let code: MessageCode
    package let text: String
    /// What to write instead, where one can say.
    package let fix: String?

    package init(_ code: MessageCode, _ text: String, fix: String? = nil) {
      self.code = code
      self.text = text
      self.fix = fix
    }
  }

  /// A step on the way to the fault, nearest first.
  package struct Note: Sendable, Equatable {
    package let position: SourcePosition?
    package let text: String

    package init(_ text: String, at position: SourcePosition? = nil) {
      self.text = text
      self.position = position
    }
  }

  package var severity: Severity
  package var message: Message
  package var position: SourcePosition?
  /// How many bytes from the position on are meant; 0 and 1 draw a caret only.
  package var length: Int
  package var notes: [Note]

  package init(
    _ severity: Severity, _ message: Message, at position: SourcePosition? = nil,
    length: Int = 0, notes: [Note] = []
  ) {
    self.severity = severity
    self.message = message
    self.position = position
    self.length = length
    self.notes = notes
  }
}
