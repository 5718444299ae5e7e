// Command.swift: makemap's options and what they ask for.
//
// The grammar, the words and the exit statuses are those of sendmail 8.17's
// makemap, which scripts and Makefiles below /etc/mail call. Only the first
// name of an option's value is ours.

import Glibc
import Options
import Posix
import Tables

enum MakeMapOption: Sendable, Equatable {
  case configuration, endWithNUL, cacheSize, comment, keepDuplicates, allowEmpty, keepCase
  case fallback, listTypes, listAllTypes, listSuffixes, append, replace, unsafe, separator
  case dump, verbose
}

let makeMapOptions = OptionTable<MakeMapOption>(
  .letters,
  [
    Option(.configuration, "C", value: .required("cffile")),
    Option(.endWithNUL, "N"),
    Option(.cacheSize, "c", value: .required("cachesize")),
    Option(.comment, "D", value: .required("commentchar")),
    Option(.keepDuplicates, "d"), Option(.allowEmpty, "e"), Option(.keepCase, "f"),
    Option(.fallback, "i", value: .required("type")),
    Option(.listTypes, "l"), Option(.listAllTypes, "L"), Option(.listSuffixes, "x"),
    Option(.append, "o"), Option(.replace, "r"), Option(.unsafe, "s"),
    Option(.separator, "t", value: .required("delimiter")),
    Option(.dump, "u"), Option(.verbose, "v"),
  ])

/// How a map is to be built or printed.
struct MakeMapSettings {
  /// The .cf that -C names.
  var configuration: String?
  var grammar = TableGrammar()
  var endsWithNUL = false
  var keepsDuplicates = false
  var replaces = false
  var appends = false
  var allowsLinks = false
  var dumps = false
  var isVerbose = false
  var fallbackType: [UInt8]?

  var configurationPath: String { configuration ?? "/etc/mail/sendmail.cf" }
  var duplicates: DuplicateKeys { keepsDuplicates ? .keep : replaces ? .replace : .refuse }
}

/// A map type by its name, with the suffix of its file.
private let mapTypes: [(name: String, suffix: String)] = [
  ("hash", "db"), ("btree", "db"), ("implicit", ""),
]

/// Types the original knows by name and was not built with.
private let unbuiltTypes = ["dbm": "NDBM", "cdb": "CDB"]

struct MakeMap {
  let invokedAs: String

  func run(_ arguments: [[UInt8]]) -> ExitStatus {
    var settings = MakeMapSettings()
    var operands: [[UInt8]] = []
    let isStrict = getenv("POSIXLY_CORRECT") != nil
    for event in makeMapOptions.parse(arguments, operandsEndOptions: isStrict) {
      switch event {
      case .operand(let word): operands.append(word)
      case .option(let option, let value):
        if let status = apply(option, value ?? [], to: &settings) { return status }
      case .fault(let fault):
        printError(Array("\(invokedAs): ".utf8) + fault.message)
        return usage()
      }
    }
    guard operands.count == 2 else { return usage() }
    return run(type: operands[0], map: operands[1], settings)
  }

  /// - Returns: the status when the option ends the command.
  private func apply(
    _ option: MakeMapOption, _ value: [UInt8], to settings: inout MakeMapSettings
  ) -> ExitStatus? {
    switch option {
    case .configuration: settings.configuration = String(decoding: value, as: UTF8.self)
    case .endWithNUL: settings.endsWithNUL = true
    case .cacheSize: break  // the cache is as large as the map needs
    case .comment: settings.grammar.comment = value.first ?? 0
    case .keepDuplicates: settings.keepsDuplicates = true
    case .allowEmpty: settings.grammar.allowsEmptyValues = true
    case .keepCase: settings.grammar.foldsKeys = false
    case .fallback: settings.fallbackType = value
    case .listTypes: return list(mapTypes.map(\.name))
    case .listAllTypes: return list(["cf", "CF"] + mapTypes.map(\.name))
    case .listSuffixes: return list(mapTypes.map { "\($0.name):\($0.suffix)" })
    case .append: settings.appends = true
    case .replace: settings.replaces = true
    case .unsafe: settings.allowsLinks = true
    case .separator:
      settings.grammar.separator = value.first
      if value.isEmpty { printError("Invalid separator") }
    case .dump: settings.dumps = true
    case .verbose: settings.isVerbose = true
    }
    return nil
  }

  private func run(type: [UInt8], map: [UInt8], _ settings: MakeMapSettings) -> ExitStatus {
    var configuration = Configuration()
    let askedFor = String(decoding: type, as: UTF8.self)
    let isLookedUp = ["", "cf", "CF"].contains(askedFor)
    if isLookedUp || geteuid() == 0 {
      do throws(Errno) {
        configuration = try Configuration(path: settings.configurationPath)
      } catch {
        // For root the original wants the .cf, for its TrustedUser. On a machine where
        // sendmail never was there is none, and maps are built there all the same.
        let isNeeded = isLookedUp || settings.configuration != nil || error.code != ENOENT
        if isNeeded { return fail(.noInput, "\(settings.configurationPath): \(error)") }
      }
    }
    for user in configuration.unknownUsers { printError("TrustedUser: unknown user \(user)") }
    var name = askedFor
    if isLookedUp {
      switch mapType(of: map, askedFor, in: configuration, settings) {
      case .success(let found): name = found
      case .failure(let status): return status.status
      }
    }
    if let macro = unbuiltTypes[name] {
      return fail(.cannotCreate, "Need to recompile with -D\(macro) for \(name) support")
    }
    let file = MapFile(
      name: map, typeName: name, trustedUser: configuration.trustedUser, settings: settings)
    guard mapTypes.contains(where: { $0.name == name }) else {
      return file.cannotOpen("Unknown database type").status
    }
    do throws(Failure) {
      return settings.dumps ? try file.dump() : try file.build()
    } catch {
      return error.status
    }
  }

  /// The type that the .cf gives the map, or the fallback.
  private func mapType(
    of map: [UInt8], _ askedFor: String, in configuration: Configuration,
    _ settings: MakeMapSettings
  ) -> Result<String, Failure> {
    // An empty type is looked up as well, and never found.
    if !askedFor.isEmpty, let found = configuration.type(ofMap: map, orSuffixed: askedFor == "CF") {
      return .success(String(decoding: found, as: UTF8.self))
    }
    let text =
      "mapfile \(String(decoding: map, as: UTF8.self)): not found in \(settings.configurationPath)"
    guard let fallback = settings.fallbackType else {
      return .failure(Failure(status: fail(.dataError, text)))
    }
    let type = String(decoding: fallback, as: UTF8.self)
    if settings.isVerbose { printError("makemap: \(text), using fallback \(type)") }
    return .success(type)
  }

  private func list(_ lines: [String]) -> ExitStatus {
    let text = lines.map { $0 + "\n" }.joined()
    do throws(Errno) { try writeAll(STDOUT_FILENO, Array(text.utf8)) } catch {
      return fail(.inputOutput, "standard output: \(error)")
    }
    return .ok
  }

  private func usage() -> ExitStatus {
    printError(
      """
      Usage: makemap [-C cffile] [-N] [-c cachesize] [-D commentchar]
                     [-d] [-e] [-f] [-i type] [-l] [-o] [-r] [-s] [-t delimiter]
                     [-u] [-v] type mapname
      """)
    return .usage
  }
}

/// The command ends with this status; what is wrong has been printed.
struct Failure: Error {
  let status: ExitStatus
}
