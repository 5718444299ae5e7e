// Messages.swift: the wording of this module's diagnostics.

import Diagnostics

extension Diagnostic.Message {
  static func yamlMemory() -> Self { Self(.yamlSyntax, "no memory to read it") }

  /// What libyaml says, with what helps where people stumble most.
  static func yamlSyntax(_ problem: String, context: String?) -> Self {
    let fixes = [
      ("cannot start any token", "put the value in quotes; indent with spaces, never with tabs"),
      ("mapping values are not allowed", "put a value that has \": \" in it in quotes, or look at the indentation"),
      ("did not find expected", "look at the indentation, and for a quote or bracket that is not closed"),
      ("could not find expected ':'", "look for a key without a colon, or text that wants quotes"),
      ("UTF-8", "save the file as UTF-8"),
      ("control characters", "take the control character out, or write it in double quotes, as \\x07"),
    ]
    return Self(
      .yamlSyntax, "no YAML: " + (context.map { $0 + ", " } ?? "") + problem,
      fix: fixes.first { problem.contains($0.0) }?.1)
  }

  static func yamlSecondDocument() -> Self {
    Self(.yamlSyntax, "a second document; one file is one document", fix: "take the line --- out")
  }

  static func yamlTag(_ tag: String) -> Self {
    Self(.yamlSyntax, "the tag \(tag): values have no tags here", fix: "put the value in quotes instead")
  }

  static func yamlKeyIsNoWord(_ kind: String) -> Self {
    Self(.yamlSyntax, "\(kind) stands where a key does; keys are words")
  }

  static func yamlUnknownAnchor(_ name: String, near: String?) -> Self {
    Self(
      .yamlSyntax, "no anchor &\(name) before *\(name)" + (near.map { "; did you mean *\($0)?" } ?? ""),
      fix: near == nil ? "put a value that begins with * in quotes" : nil)
  }

  static func yamlTooDeep(_ levels: Int) -> Self {
    Self(.yamlLimit, "more than \(levels) lists and mappings in one another")
  }

  static func yamlTooLarge(_ nodes: Int) -> Self {
    Self(.yamlLimit, "more than \(nodes) values, counting what aliases stand for")
  }

  static func yamlRepeatedKey(_ name: String) -> Self {
    Self(.yamlRepeatedKey, "the key `\(name)' stands here twice", fix: "take one of them out")
  }

  static func yamlUnknownKey(_ name: String, near: String?, known: [String]) -> Self {
    Self(
      .yamlUnknownKey, "unknown key `\(name)'" + (near.map { "; did you mean `\($0)'?" } ?? ""),
      fix: near == nil ? "keys here: " + known.joined(separator: ", ") : nil)
  }

  static func yamlMissingKey(_ name: String, in what: String) -> Self {
    Self(.yamlMissingKey, "\(what) without `\(name)'")
  }

  static func yamlWrongType(_ kind: String, wanted: String) -> Self {
    Self(.yamlWrongType, "\(kind) where \(wanted) is wanted")
  }

  package static func yamlBadValue(_ text: String, fix: String? = nil) -> Self { Self(.yamlBadValue, text, fix: fix) }
}
