// Messages.swift: the wording of this module's diagnostics.

import Diagnostics

extension Diagnostic.Message {
  static func postfixMissingEquals(_ line: String) -> Self {
    Self(.postfixSyntax, "no '=' after the name in '\(line)'", fix: "write NAME = VALUE")
  }

  static func postfixMissingName() -> Self {
    Self(.postfixSyntax, "no parameter name before '='", fix: "write NAME = VALUE")
  }

  static func postfixOverridden(_ name: String) -> Self {
    Self(.postfixOverridden, "'\(name)' is set again; this later value counts")
  }

  static func postfixUnknownParameter(_ name: String, near: String?) -> Self {
    Self(
      .postfixUnknownParameter, "unknown parameter '\(name)'; it has no effect",
      fix: near.map { "did you mean '\($0)'?" })
  }

  static func postfixUndefined(_ name: String, in parameter: String) -> Self {
    Self(.postfixUndefined, "'\(parameter)' refers to '\(name)', which is not defined; taken as empty")
  }

  static func postfixBadExpression(_ reason: String, in parameter: String) -> Self {
    Self(.postfixBadExpression, "cannot expand the value of '\(parameter)': \(reason)")
  }

  static func postfixServiceFields(_ count: Int) -> Self {
    Self(
      .postfixServiceSyntax, "a service has eight fields, this line has \(count)",
      fix: "write: name type private unprivileged chroot wakeup maxproc command")
  }

  static func postfixServiceField(_ field: String, _ value: String, allowed: String) -> Self {
    Self(.postfixServiceSyntax, "'\(value)' cannot stand in the column '\(field)' of a service", fix: "use \(allowed)")
  }

  static func postfixServiceOption(_ text: String) -> Self {
    Self(.postfixServiceSyntax, "'-o \(text)' has no '='", fix: "write -o NAME=VALUE, or -o { NAME = VALUE }")
  }

  static func postfixContinuation() -> Self {
    Self(.postfixSyntax, "the file begins with a continuation line", fix: "remove the white space at its start")
  }

  static func postfixTableType(_ type: String, near: String?) -> Self {
    Self(
      .postfixTableType, "unsupported table type '\(type)'",
      fix: near.map { "did you mean '\($0)'?" })
  }

  static func postfixTableLine(_ line: String) -> Self {
    Self(.postfixTableSyntax, "no value after the key in '\(line)'; line ignored", fix: "write KEY, white space, VALUE")
  }

  static func postfixTableQuote(_ line: String) -> Self {
    Self(.postfixTableSyntax, "unbalanced '\"' in '\(line)'; line ignored")
  }

  static func postfixTableDuplicate(_ key: String) -> Self {
    Self(.postfixTableDuplicate, "duplicate key '\(key)'; the first entry counts")
  }

  static func postfixPattern(_ reason: String) -> Self {
    Self(.postfixTablePattern, "\(reason); rule ignored")
  }

  static func postfixTableOpen(_ table: String, _ reason: String) -> Self {
    Self(.postfixTableOpen, "cannot open \(table): \(reason)")
  }

  static func postfixValue(_ name: String, _ value: String, expected: String) -> Self {
    Self(.postfixValue, "'\(value)' is no value for '\(name)'", fix: "use \(expected)")
  }
}
