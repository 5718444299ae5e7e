// Messages.swift: the wording of what is said about a translation.

import Diagnostics

extension Diagnostic.Message {
  static func tableMissing(_ path: String) -> Self {
    .init(
      .translationTableMissing, "\(path) was not found; what it says is missing from the result",
      fix: "put its text beside the site file, or give --root with the file system of the old host")
  }

  static func repeatedKey(_ key: String) -> Self {
    .init(
      .translationRepeatedKey,
      "the key \"\(key)\" stands in the table again; the first line counts")
  }

  static func openRelay() -> Self {
    .init(
      .translationOpenRelay,
      "the site relays for everybody; the Postfix side relays only for its own",
      fix: "set mynetworks = 0.0.0.0/0 [::]/0 in its main.cf if the whole world is meant")
  }
}
