// AnswersFile.swift: answers in a file, so that nobody is asked.
//
//     kind: domain-server
//     host-name: mail.example.org
//     local-names: [example.org]
//
// A question without a key is answered as the Enter key would: by what is found on the
// host. Fails: every fault at its place in the file, all of them in one run.

import Diagnostics
import YAML

package enum AnswersFile {
  /// The answers of a file.
  ///
  /// - Parameter report: takes what is wrong in it.
  /// - Returns: nil where anything is.
  package static func read(
    _ text: [UInt8], file: String, found: FoundHost, report: (Diagnostic) -> Void
  ) -> Answers? {
    guard let root = YAMLDocument.parse(text, file: file, report: report) else { return nil }
    let reader = YAMLReader()
    let answers = read(root, reader, found)
    reader.faults.forEach(report)
    return reader.faults.isEmpty ? answers : nil
  }

  private static func read(_ root: YAMLNode, _ reader: YAMLReader, _ found: FoundHost) -> Answers {
    var answers = Answers()
    let names = QuestionName.allCases.map(\.rawValue)
    guard let mapping = reader.mapping(root, "a set of answers", keys: names) else { return answers }
    var isSure = true
    for question in Question.all where question.isAsked(found, answers) {
      guard let node = mapping[question.name.rawValue] else {
        if question.name == .kind { _ = reader.required("kind", in: mapping) }
        answers[question.name] =
          question.read(question.proposal(found, answers)) { _, _ in
            reader.fault(.noAnswer(question), at: root)
          } ?? []
        continue
      }
      let answer = read(node, question, reader)
      if answer == nil, question.name == .kind { isSure = false }
      answers[question.name] = answer ?? []
    }
    // Which questions there are is known once the kind is.
    guard isSure, mapping["kind"] != nil else { return answers }
    for entry in mapping.entries where names.contains(entry.name) {
      let isAnswer = QuestionName(rawValue: entry.name).map { answers.has($0) } ?? false
      // An answer about old calls is none where there are none.
      if !isAnswer, entry.name != QuestionName.keepCalls.rawValue {
        reader.fault(.notAsked(entry.name, answers.kind), at: entry.key)
      }
    }
    return answers
  }

  private static func read(_ node: YAMLNode, _ question: Question, _ reader: YAMLReader) -> [String]? {
    let count = reader.faults.count
    let words = reader.texts(node, question.form.what)
    if reader.faults.count > count { return nil }
    return question.read(words.map { String(decoding: $0.bytes, as: UTF8.self) }) { index, text in
      let place = words.indices.contains(index) ? words[index].node : node
      reader.fault(.yamlBadValue(text), at: place)
    }
  }

  /// The file of some answers.
  package static func text(_ answers: Answers) -> String {
    let lines = QuestionName.allCases.filter { answers.has($0) }.map { name -> String in
      let words = answers[name].map { "\"\($0)\"" }
      let isList = Question.all.contains { $0.name == name && $0.form.isList }
      let value = isList ? "[" + words.joined(separator: ", ") + "]" : words.first ?? Question.none
      return "\(name.rawValue): \(value)\n"
    }
    return "# Answers to waybill setup.\n" + lines.joined()
  }
}

extension Diagnostic.Message {
  static func noAnswer(_ question: Question) -> Self {
    Self(
      .setupAnswer, "no answer to `\(question.name.rawValue)', and none is found on the host",
      fix: "write \(question.name.rawValue): with \(question.form.what)")
  }

  static func notAsked(_ name: String, _ kind: HostKind) -> Self {
    Self(.setupAnswer, "the question `\(name)' is not asked of a \(kind.rawValue)", fix: "take the line out")
  }
}
