// CFReader+Options.swift: O lines, and the values that sendmail refuses.
//
//     O Name=value      O Name.part=value      Oxvalue (one letter)
//
// Most values are taken as they come, also by sendmail. The table of checks
// below holds those that it looks at when it reads the line.

import Diagnostics

extension CFReader {
  mutating func readOption(_ rest: ArraySlice<CFUnit>) -> CFContent {
    guard let first = rest.first else {
      report(.optionMissing)
      return .faulty
    }
    guard first.byte == 0x20 else { return readShortOption(first, rest.dropFirst()) }
    return readLongOption(rest.dropFirst())
  }

  private mutating func readShortOption(
    _ letter: CFUnit, _ value: ArraySlice<CFUnit>
  ) -> CFContent {
    guard let byte = letter.byte, let entry = CFOptionTable.entry(letter: byte) else {
      let code = String(letter.byte ?? 0x01, radix: 16)
      report(
        CFProblem(
          .unknownOption, "there is no option of that letter",
          wording: "readcf: unknown option name 0x\(code)"))
      return .faulty
    }
    return finish(entry.name, part: nil, value)
  }

  private mutating func readLongOption(_ text: ArraySlice<CFUnit>) -> CFContent {
    let sign = text.firstIndex(of: CFUnit(0x3D)) ?? text.endIndex
    let value = text[min(sign + 1, text.endIndex)...].drop { $0.isSpace }
    let names = CFText.trimmed(Array(text[..<sign])).text(file.names)
    let point = names.firstIndex(of: 0x2E)
    let name = Array(names[..<(point ?? names.endIndex)])
    let part = point.map { Array(names[($0 + 1)...]) }
    guard !name.isEmpty else {
      report(.emptyOption)
      return .faulty
    }
    switch CFOptionTable.match(name) {
    case .exact(let entry): return finish(entry.name, part: part, value)
    case .abbreviation(let entry):
      report(.abbreviatedOption(name, entry.name))
      return finish(entry.name, part: part, value)
    case .ambiguous(let one, let other):
      report(.ambiguousOption(name, one.name, other.name))
    case .none:
      report(
        .unknownOption(
          name, nearest: nearestName(to: shown(name), among: CFOptionTable.all.map(\.name))))
    }
    return .faulty
  }

  private mutating func finish(
    _ name: String, part: [UInt8]?, _ value: ArraySlice<CFUnit>
  ) -> CFContent {
    let option = CFOption(name: name, part: part, value: CFText.trimmed(Array(value)))
    CFOptionChecks.all[name].map { check in
      for problem in check(option, option.value.text(file.names), self) { report(problem) }
    }
    return .option(option)
  }
}

/// Looks at the value of an option.
typealias CFOptionCheck = @Sendable (CFOption, [UInt8], CFReader) -> [CFProblem]

enum CFOptionChecks {
  static let all: [String: CFOptionCheck] = [
    "DeliveryMode": { _, value, _ in
      letter(value, of: "bidq", "delivery mode", "Unknown delivery mode ")
    },
    "EightBitMode": { _, value, _ in
      letter(value, of: "mpsarjc", "8-bit mode", "Unknown 8-bit mode ")
    },
    "QueueSortOrder": { _, value, _ in queueOrder(value) },
    "PrivacyOptions": { _, value, _ in
      words(value, privacyFlags) { "readcf: Op line: \($0) unrecognized" }
    },
    "DontBlameSendmail": { _, value, _ in
      words(value, blameFlags) { "readcf: DontBlameSendmail option: \($0) unrecognized" }
    },
    "ResolverOptions": { _, value, _ in
      let names = value.map { $0 == 0x2B || $0 == 0x2D ? 0x20 : $0 }
      return words(names, resolverFlags) { "readcf: I option value \($0) unrecognized" }
    },
    "RunAsUser": { _, value, reader in user(value, "RunAsUser", reader) },
    "TrustedUser": { _, value, reader in user(value, "TrustedUser", reader) },
    "DefaultUser": { _, value, reader in user(value, "u", reader) },
    "Timeout": { option, value, _ in timeout(option.part, value) },
    "AliasWait": { _, value, _ in timeUnits(value, twice: false) },
    "ConnectionCacheTimeout": { _, value, _ in timeUnits(value, twice: false) },
    "DialDelay": { _, value, _ in timeUnits(value, twice: false) },
    "MinQueueAge": { _, value, _ in timeUnits(value, twice: false) },
    "MaxQueueAge": { _, value, _ in timeUnits(value, twice: false) },
    "Milter": { option, _, _ in milter(option.part) },
  ]

  private static func letter(
    _ value: [UInt8], of known: String, _ what: String, _ wording: String
  ) -> [CFProblem] {
    guard let first = value.first, !known.utf8.contains(first) else { return [] }
    return [
      .badValue(
        "unknown \(what) \"\(shown([first]))\"", wording: Array(wording.utf8) + [first], status: 64,
        isFatal: true)
    ]
  }

  private static func queueOrder(_ value: [UInt8]) -> [CFProblem] {
    guard let first = value.first, !"fhinrstpm".utf8.contains(first | 0x20) else { return [] }
    let wording = Array("Invalid queue sort order \"".utf8) + value + [0x22]
    return [.badValue("unknown queue order \"\(shown(value))\"", wording: wording)]
  }

  private static func words(
    _ value: [UInt8], _ known: Set<String>, _ wording: (String) -> String
  ) -> [CFProblem] {
    value.split { isBlank($0) || $0 == 0x2C }.compactMap { word in
      let name = shown(word)
      guard !known.contains(shown(lowered(Array(word)))) else { return nil }
      return .badValue(
        "unknown flag \"\(name)\""
          + (nearestName(to: name, among: known).map { ", perhaps \($0)" } ?? ""),
        wording: Array(wording(name).utf8))
    }
  }

  private static func user(
    _ value: [UInt8], _ option: String, _ reader: CFReader
  ) -> [CFProblem] {
    let name = Array(value.prefix { $0 != 0x3A && $0 != 0x2E && $0 != 0x2F })
    guard let first = name.first, !isDigit(first), !reader.userExists(name) else { return [] }
    let wording = Array("readcf: option \(option): unknown user ".utf8) + name
    return [.badValue("there is no user \"\(shown(name))\"", wording: wording)]
  }

  private static func timeout(_ part: [UInt8]?, _ value: [UInt8]) -> [CFProblem] {
    guard let part else { return [] }
    let name = lowered(part)
    guard timeouts.contains(shown(name)) else {
      let wording = Array("settimeout: invalid timeout ".utf8) + part
      return [.badValue("there is no timeout \"\(shown(part))\"", wording: wording)]
    }
    return timeUnits(value, twice: name.starts(with: Array("queue".utf8)))
  }

  /// A letter behind a number that is no unit; the queue timeouts are read twice.
  private static func timeUnits(_ value: [UInt8], twice: Bool) -> [CFProblem] {
    var problems: [CFProblem] = []
    for byte in value where !isDigit(byte) && !"wdhms ".utf8.contains(byte) {
      problems.append(
        CFProblem(
          .badOptionValue, "\"\(shown([byte]))\" is no unit of time", fix: "use w, d, h, m or s",
          wording: Array("Invalid time unit `".utf8) + [byte, 0x27], status: 0))
    }
    return twice ? problems + problems : problems
  }

  private static func milter(_ part: [UInt8]?) -> [CFProblem] {
    guard let part, !["loglevel", "macros"].contains(shown(lowered(part.prefixUpToPoint))) else {
      return []
    }
    let wording = Array("milter_set_option: invalid Milter option ".utf8) + part
    return [.badValue("there is no Milter option \"\(shown(part))\"", wording: wording)]
  }

  private static func set(_ names: String) -> Set<String> {
    Set(names.split { $0 == " " || $0 == "\n" }.map(String.init))
  }

  private static let privacyFlags = set(
    """
    public needmailhelo needexpnhelo needvrfyhelo noexpn novrfy noverb restrictmailq restrictqrun
    restrictexpand authwarnings nobodyreturn noreceipts noetrn goaway noactualrecipient
    """)

  private static let resolverFlags = set(
    """
    debug aaonly usevc primary igntc recurse defnames stayopen dnsrch use_edns0 use_inet6
    use_dnssec trustad hasaaaa workaroundbrokenaaaa
    """)

  private static let blameFlags = set(
    """
    safe assumesafechown classfileinunsafedirpath dontwarnforwardfileinunsafedirpath
    errorheaderinunsafedirpath filedeliverytohardlink filedeliverytosymlink
    forwardfileinunsafedirpath forwardfileinunsafedirpathsafe forwardfileingroupwritabledirpath
    forwardfileinworldwritabledirpath groupreadableaaliasfile groupreadablekeyfile
    groupreadablesasldbfile groupreadabledefaultauthinfofile groupwritablealiasfile
    groupwritabledirpathsafe groupwritableforwardfile groupwritableforwardfilesafe
    groupwritableincludefile groupwritableincludefilesafe groupwritablesasldbfile
    helpfileinunsafedirpath includefileinunsafedirpath includefileinunsafedirpathsafe
    includefileingroupwritabledirpath includefileinworldwritabledirpath insufficiententropy
    linkedaliasfileinwritabledir linkedclassfileinwritabledir linkedforwardfileinwritabledir
    linkedincludefileinwritabledir linkedmapinwritabledir linkedserviceswitchfileinwritabledir
    maphinunsafedirpath mapinunsafedirpath nonrootsafeaddr runprograminunsafedirpath
    runwritableprogram trustedaliasfileinunsafedirpath trustedfileinunsafedirpath trustticketfile
    truststickybit worldwritablealiasfile worldwritableforwardfile worldwritableincludefile
    writemaptohardlink writemaptosymlink writestatstohardlink writestatstosymlink
    certowner
    """)

  private static let timeouts = set(
    """
    initial mail rcpt datainit datablock datafinal command rset helo quit misc ident fileopen
    connect iconnect aconnect auth starttls lhlo queuewarn queuewarn.normal queuewarn.urgent
    queuewarn.non-urgent queuewarn.dsn queuereturn queuereturn.normal queuereturn.urgent
    queuereturn.non-urgent queuereturn.dsn queuereturn.now hoststatus control resolver.retrans
    resolver.retrans.first resolver.retrans.normal resolver.retry resolver.retry.first
    resolver.retry.normal
    """)
}

extension [UInt8] {
  fileprivate var prefixUpToPoint: [UInt8] { Array(prefix { $0 != 0x2E }) }
}
