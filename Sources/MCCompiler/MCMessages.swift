// MCMessages.swift: the wording of what is said about site files.

import Diagnostics

extension Diagnostic.Message {
  static func cannotReadSite(_ path: String, _ reason: String) -> Self {
    .init(.cannotRead, "cannot read \(path): \(reason)")
  }

  static func unknownName(loader: String, _ name: String, nearest: String?) -> Self {
    .init(
      .unknownLibraryName, "\(loader)(`\(name)') is not in the library; the call has no effect",
      fix: nearest.map { "write \(loader)(`\($0)')" })
  }

  static func unknownOption(_ name: String, nearest: String?) -> Self {
    .init(
      .unknownOptionName, "\(name) is no option of the library; the define has no effect",
      fix: nearest.map { "write \($0)" })
  }

  static func unknownSetting(_ name: String, nearest: String) -> Self {
    .init(
      .unknownOptionName, "\(name) is no setting of the library and nothing uses it; the define has no effect",
      fix: "write \(nearest)")
  }

  static func unknownMacro(_ name: String, nearest: String?) -> Self {
    .init(
      .unknownMacro, "\(name) is no macro of the library; the call has no effect",
      fix: nearest.map { "write \($0)(…)" })
  }

  static func repeatedFeature(_ name: String, isSame: Bool) -> Self {
    .init(
      .repeatedFeature, "FEATURE(`\(name)') is called again" + (isSame ? "" : ", with other arguments"),
      fix: "keep one of the calls")
  }

  static func fromLibrary(_ text: String) -> Self { .init(.libraryMessage, text) }

  static func fromProcessor(_ text: String, fix: String?) -> Self {
    .init(.processorMessage, text, fix: fix)
  }

  static func commandRefused(_ command: String) -> Self {
    .init(
      .commandRefused, "the shell command \"\(command)\" was not run",
      fix: "give --allow-exec if you trust the file")
  }

  static let noMailers = Self(
    .nothingCompiled, "the file gave an empty configuration",
    fix: "name the system with OSTYPE and the mailers with MAILER, for instance MAILER(`smtp')")
}
