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
    "DaemonPortOptions": { _, value, reader in CFPortOptions(value, reader.environment).problems },
    "ClientPortOptions": { _, value, reader in CFPortOptions(value, reader.environment).problems },
    "AliasFile": { _, value, _ in aliasFiles(value) },
    "ConnectOnlyTo": { _, value, _ in
      let address = Array(value.prefix { $0 != 0x40 })
      guard !AddressLiteral.isFourth(address), !AddressLiteral.isSixth(address) else { return [] }
      let wording = Array("readcf: option ConnectOnlyTo: invalid IP address ".utf8) + value
      return [.badValue("\"\(shown(value))\" is no IP address", wording: wording)]
    },
    "MaxMimeHeaderLength": { _, value, _ in headerLengths(value) },
    "AuthOptions": { option, value, _ in letters(value, of: "aAcdfmpsy", option) },
    "TLSSrvOptions": { option, value, _ in letters(value, of: "CV", option) },
    "ServerSSLOptions": { option, value, _ in encryption(value, option) },
    "ClientSSLOptions": { option, value, _ in encryption(value, option) },
    "NoRecipientAction": { _, value, _ in
      one(value, of: recipientActions, "action") { "Invalid NoRecipientAction: \($0)" }
    },
    "DeliveryMode": { _, value, _ in
      guard let first = value.first, !"bidq".utf8.contains(first) else { return [] }
      return [.unknownDeliveryMode(first)]
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
    "DefaultUser": { _, value, reader in
      let problems = user(value, "u", reader)
      return problems.isEmpty ? group(value, "u", reader) : problems
    },
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

  /// `class:file`, several with commas between them; a path alone is of the usual class.
  private static func aliasFiles(_ value: [UInt8]) -> [CFProblem] {
    value.split(separator: 0x2C).flatMap { file -> [CFProblem] in
      let file = file.drop(while: isBlank)
      guard let colon = file.firstIndex(of: 0x3A), !file[..<colon].contains(0x2F) else { return [] }
      let name = shown(lowered(Array(file[..<colon])))
      if aliasClasses.contains(name) { return [] }
      let text = shown(file[..<colon])
      guard mapsWithoutAliases.contains(name) else {
        let wording = "setalias: unknown alias class \(text)"
        return [.badValue("there is no alias class \"\(text)\"", fix: "write hash", wording: Array(wording.utf8))]
      }
      let wording = "setalias: map class \(text) can't handle aliases"
      return [.badValue("a \(text) map holds no aliases", fix: "write hash", wording: Array(wording.utf8))]
    }
  }

  /// Of a header and of one of its fields; the second is half of the first by default.
  private static func headerLengths(_ value: [UInt8]) -> [CFProblem] {
    let slash = value.firstIndex(of: 0x2F)
    let header = leadingNumber(Array(value[..<(slash ?? value.endIndex)]))
    let field = slash.map { leadingNumber(Array(value[($0 + 1)...])) } ?? header / 2
    func warning(_ what: String, _ least: Int) -> CFProblem {
      let text = "\(what) length limit set lower than \(least)"
      return CFProblem(
        .badOptionValue, text, wording: "Warning: MaxMimeHeaderLength: \(text)", status: 0, namesLine: false)
    }
    return (header > 0 && header < 128 ? [warning("header", 128)] : [])
      + (field > 0 && field < 40 ? [warning("field", 40)] : [])
  }

  /// Words of which the first letter counts.
  private static func letters(_ value: [UInt8], of known: String, _ option: CFOption) -> [CFProblem] {
    value.split { isBlank($0) || $0 == 0x2C }.compactMap(\.first).filter { !known.utf8.contains($0) }.map { letter in
      let text = "unknown parameter '\(shown([letter]))'"
      return CFProblem(
        .badOptionValue, text, fix: "the letters are \(known)", wording: "Warning: Option: \(option.name) \(text)",
        status: 0, namesLine: false)
    }
  }

  private static func encryption(_ value: [UInt8], _ option: CFOption) -> [CFProblem] {
    value.split { isBlank($0) || $0 == 0x2C }.compactMap { word in
      let name = shown(word.drop { $0 == 0x2B || $0 == 0x2D })
      guard let first = name.utf8.first, !isDigit(first) else { return nil }
      guard !encryptionFlags.contains(shown(lowered(Array(name.utf8)))) else { return nil }
      let wording = "readcf: \(option.name) option value \(name) unrecognized"
      return .badValue("unknown flag \"\(name)\"", wording: Array(wording.utf8))
    }
  }

  /// A value that is one of a few words.
  private static func one(
    _ value: [UInt8], of known: Set<String>, _ what: String, _ wording: (String) -> String
  ) -> [CFProblem] {
    let name = shown(value)
    guard !known.contains(shown(lowered(value))) else { return [] }
    return [
      .badValue(
        "there is no \(what) \"\(name)\"", fix: nearestName(to: name, among: known).map { "write \($0)" },
        wording: Array(wording(name).utf8))
    ]
  }

  private static func group(_ value: [UInt8], _ option: String, _ reader: CFReader) -> [CFProblem] {
    guard let mark = value.firstIndex(where: { $0 == 0x3A || $0 == 0x2E || $0 == 0x2F }) else { return [] }
    let name = Array(value[(mark + 1)...])
    guard let first = name.first, !isDigit(first), !reader.environment.groupExists(name) else { return [] }
    let wording = Array("readcf: option \(option): unknown group ".utf8) + name
    return [.badValue("there is no group \"\(shown(name))\"", wording: wording)]
  }

  private static func user(
    _ value: [UInt8], _ option: String, _ reader: CFReader
  ) -> [CFProblem] {
    let name = Array(value.prefix { $0 != 0x3A && $0 != 0x2E && $0 != 0x2F })
    guard let first = name.first, !isDigit(first), !reader.environment.userExists(name) else { return [] }
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

  private static let aliasClasses = set(
    "hash btree text implicit null stab nis nisplus ldap program sequence switch socket")
  private static let mapsWithoutAliases = set("regex host dequote arith macro syslog bestmx dns arpa user userdb")

  /// OpenSSL's names, as SSL_CTX_set_options(3) has them.
  private static let encryptionFlags = Set(
    set(
      """
      all allow_no_dhe_kex allow_unsafe_legacy_renegotiation cipher_server_preference cisco_anyconnect
      cookie_exchange cryptopro_tlsext_bug dont_insert_empty_fragments enable_middlebox_compat ephemeral_rsa
      legacy_server_connect microsoft_big_sslv3_buffer microsoft_sess_id_bug msie_sslv2_rsa_padding
      netscape_ca_dn_bug netscape_challenge_bug netscape_demo_cipher_change_bug
      netscape_reuse_cipher_change_bug no_anti_replay no_compression no_encrypt_then_mac no_query_mtu
      no_renegotiation no_session_resumption_on_renegotiation no_sslv2 no_sslv3 no_ticket no_tlsv1 no_tlsv1_1
      no_tlsv1_2 no_tlsv1_3 pkcs1_check_1 pkcs1_check_2 prioritize_chacha single_dh_use single_ecdh_use
      ssleay_080_client_dh_bug sslref2_reuse_cert_type_bug tlsext_padding tls_block_padding_bug tls_d5_bug
      tls_rollback_bug
      """
    ).map { "ssl_op_" + $0 })

  private static let recipientActions = set("none add-to add-apparently-to add-to-undisclosed add-bcc")

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
