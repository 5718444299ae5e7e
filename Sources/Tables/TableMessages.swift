// TableMessages.swift: what this module says to people, in one place.

import Diagnostics

extension Diagnostic.Message {
  static func tableFormat(_ what: String) -> Self {
    .init(.tableFormat, what, fix: "build it again from its source with makemap")
  }

  static func tableUnsupported(_ what: String) -> Self {
    .init(.tableUnsupported, what, fix: "build it again from its source with makemap")
  }

  static func tableDamaged(_ what: String, page: UInt32, offset: Int) -> Self {
    .init(
      .tableDamaged, "damaged table: \(what) (page \(page), byte \(offset))",
      fix: "build it again from its source with makemap")
  }

  static func tableLineTooLong(limit: Int) -> Self {
    .init(
      .tableLineTooLong, "line of more than \(limit) bytes or with a NUL byte; line ignored",
      fix: "make the value shorter, or take the NUL byte out")
  }

  static var tableLeadingBlank: Self {
    .init(
      .tableLeadingBlank, "the line begins with a blank; line ignored",
      fix: "write the key at the beginning of the line; a table has no continuation lines")
  }

  static func tableMissingValue(_ key: String) -> Self {
    .init(
      .tableMissingValue, "no value for key \"\(key)\"; line ignored",
      fix: "write the value after the key")
  }

  static func tableDuplicateKey(_ key: String) -> Self {
    .init(
      .tableDuplicateKey, "key \"\(key)\" is there already; line ignored",
      fix: "keep the line that is to count and take the other out")
  }
}
