// Dialogue.swift: the questions asked one after the other, lines in and text out.
//
//     ┌──► question ── a line ──► right: the next one … the last one: finished
//     │       ▲ │ ?  help        wrong: why, and again
//     └── < ──┘ └─ empty: what is proposed in brackets
//
// It knows no terminal. What somebody typed is proposed again after going back; what
// was only taken over is worked out anew, since it may hang on what changed.

/// A dialogue about a host under way.
package struct Dialogue {
  private let found: FoundHost
  private var typed = Answers()
  /// All answers up to the current question.
  private var given = Answers()
  private var asked: [Question]

  package init(_ found: FoundHost) {
    self.found = found
    asked = Array(Question.asked(found, given).prefix(1))
  }

  /// Nil once all is answered.
  private var current: Question? { asked.last.flatMap { given.has($0.name) ? nil : $0 } }

  package var isFinished: Bool { current == nil }

  /// The answers to the questions that were asked.
  package var answers: Answers { given }

  /// What to ask now; empty at the end.
  package var prompt: String {
    guard let current else { return "" }
    let choices = current.form.choices.filter { !$0.meaning.isEmpty }
    let width = choices.map(\.word.count).max() ?? 0
    let lines = choices.enumerated().map { index, choice in
      let blanks = String(repeating: " ", count: width - choice.word.count + 2)
      return "  \(index + 1)  \(choice.word)\(blanks)\(choice.meaning)\n"
    }
    return "\n" + lines.joined() + current.prompt + " [\(shown(proposal(for: current)))] "
  }

  private func shown(_ words: [String]) -> String { words.isEmpty ? Question.none : words.joined(separator: " ") }

  private func proposal(for question: Question) -> [String] {
    typed.has(question.name) ? typed[question.name] : question.proposal(found, given)
  }

  /// Takes a line.
  ///
  /// - Returns: what there is to say about it.
  package mutating func hear(_ line: String) -> String {
    guard let current else { return "" }
    let words = line.split { $0 == " " || $0 == "\t" || $0 == "," }.map(String.init)
    switch words {
    case ["?"]: return help(for: current)
    case ["<"]: return goBack()
    default: break
    }
    var faults = ""
    let answer = current.read(words.isEmpty ? proposal(for: current) : words) { faults += "  \($1)\n" }
    guard let answer else { return faults }
    if !words.isEmpty { typed[current.name] = answer }
    given[current.name] = answer
    // Only answers before it decide whether a question is asked.
    if let next = Question.asked(found, given).first(where: { !given.has($0.name) }) { asked.append(next) }
    return ""
  }

  private func help(for question: Question) -> String {
    var text = "  " + question.help.wrapped(to: 76).joined(separator: "\n  ") + "\n"
    text += "  Wanted: " + question.form.what.wrapped(to: 68).joined(separator: "\n          ") + "\n"
    if question.form.isList { text += "  Several are written with blanks between them.\n" }
    if !question.isRequired { text += "  Answer \(Question.none) where there is none.\n" }
    return text + "  The Enter key takes what stands in brackets, < goes back.\n"
  }

  /// Asks the last question again, or the one before an unanswered one.
  package mutating func goBack() -> String {
    if !isFinished {
      guard asked.count > 1 else { return "  This is the first question.\n" }
      asked.removeLast()
    }
    if let question = asked.last { given.forget(question.name) }
    return ""
  }
}

extension String {
  /// Lines of so many characters at most, broken at blanks.
  func wrapped(to width: Int) -> [String] {
    var lines = [""]
    for word in split(separator: " ") {
      if let last = lines.last, last.isEmpty || last.count + word.count < width {
        lines[lines.count - 1] += (last.isEmpty ? "" : " ") + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
