// MCMessages.swift: the wording of what is said about site files.

import Diagnostics
import MacroProcessor

extension Diagnostic.Message {
  static func cannotReadSite(_ path: String, _ reason: String) -> Self {
    .init(.cannotRead, "cannot read \(path): \(reason)")
  }

  static func unknownName(loader: String, _ name: String, nearest: String?) -> Self {
    .init(
      .unknownLibraryName, "\(loader)(`\(name)') is not in the library; the call has no effect",
      fix: nearest.map { "write \(loader)(`\($0)')" })
  }

  static func nameMissing(loader: String) -> Self {
    .init(
      .unknownLibraryName, "\(loader)(`') names nothing of the library; the call has no effect",
      fix: "write \(loader)(`name') with the name in quotes, directly behind the parenthesis")
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

  static func missingComma(loader: String, _ name: String, before rest: String) -> Self {
    .init(
      .unknownLibraryName, "\(loader)(`\(name) \(rest)') is not in the library; the call has no effect",
      fix: "put a comma between the arguments: \(loader)(`\(name)', `\(rest)')")
  }

  /// Quotes that m4 has not, around a name.
  static func wrongQuotes(_ call: SiteCall, meant name: String) -> Self {
    .init(
      .wrongQuotes, "\(call.text(0)) is taken with its quotes, since m4 knows ` and ' alone; the call has no effect",
      fix: "write \(call.name)(`\(name)'\(call.arguments.count > 1 ? ", …" : ""))")
  }

  static func textBehindCall(_ call: SiteCall) -> Self {
    .init(.strayText, "what stands behind \(call.summary) goes into the .cf", fix: "begin it with dnl")
  }

  static func blankBehindCall(_ call: SiteCall) -> Self {
    .init(
      .strayText,
      "the blank behind \(call.summary) goes into the .cf: its next line becomes a part of the line before",
      fix: "write dnl directly behind the )")
  }

  static let dnlInText = Self(
    .strayText, "dnl takes the rest of the line and its end: the next line of the .cf goes on here",
    fix: "write `dnl' in text, in quotes")

  static let nulByte = Self(
    .processorMessage, "a NUL byte: m4 drops what follows it", fix: "take the byte out")

  static func fromLibrary(_ text: String) -> Self { .init(.libraryMessage, text) }

  static func fromProcessor(_ text: String, fix: String?) -> Self {
    .init(.processorMessage, text, fix: fix)
  }

  static func refused(_ refusal: Refusal) -> Self {
    switch refusal {
    case .command(let command):
      .init(
        .commandRefused, "the shell command \"\(String(decoding: command, as: UTF8.self))\" was not run",
        fix: "give --allow-exec if you trust the file")
    case .reading(let path):
      .init(
        .fileRefused,
        "\(String(decoding: path, as: UTF8.self)) was not read: it is outside the folders that the file may read, hidden, or no plain file",
        fix: "give --allow-include with its folder if you trust the file")
    case .writing(let name):
      .init(
        .writingRefused, "\(String(decoding: name, as: UTF8.self)) was not carried out, because it writes a file",
        fix: "give --allow-exec if you trust the file")
    }
  }

  static func limitReached(_ excess: Excess) -> Self {
    let hint = "a macro whose text contains its own name must quote it"
    func passed(_ what: String, _ option: String) -> Self {
      .init(
        .limitReached, "compiling takes more than \(what)",
        fix: "look for a recursion without end (\(hint)), or give a higher \(option)")
    }
    switch excess {
    case .depth(let most):
      return .init(.limitReached, "calls nest \(most) deep: recursion without end", fix: hint)
    case .unread(let most):
      return .init(.limitReached, "\(most) expansions are still to be read: recursion without end", fix: hint)
    case .expansions(let most): return passed("\(most) macro calls: recursion without end?", "--max-expansions")
    case .memory(let most): return passed("\(most >> 20) MB of memory", "--max-memory")
    case .output(let most): return passed("\(most >> 20) MB of output", "--max-output")
    case .seconds(let most): return passed("\(most) seconds", "--max-time")
    case .machine: return .init(.limitReached, "memory is exhausted: recursion without end?", fix: hint)
    }
  }

  static let noMailers = Self(
    .nothingCompiled, "the file gave an empty configuration",
    fix: "name the system with OSTYPE and the mailers with MAILER, for instance MAILER(`smtp')")
}
