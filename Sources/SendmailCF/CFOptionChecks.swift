// CFOptionChecks.swift: the values of options that sendmail refuses.

import Diagnostics

enum CFOptionChecks {
  /// What is wrong with the value of an option; `value` is its text.
  static func problems(
    _ option: CFOption, _ value: [UInt8], _ environment: CFEnvironment
  ) -> [CFProblem] {
    switch option.name {
    // There are more of them than of all others.
    case "Timeout": timeout(option.part, value)
    case "DaemonPortOptions", "ClientPortOptions": CFPortOptions(value, environment).problems
    case "AliasFile": aliasFiles(value)
    case "ConnectOnlyTo": onlyAddress(value)
    case "MaxMimeHeaderLength": headerLengths(value)
    case "AuthOptions": letters(value, of: "aAcdfmpsy", option)
    case "TLSSrvOptions": letters(value, of: "CV", option)
    case "ServerSSLOptions", "ClientSSLOptions": encryption(value, option)
    case "NoRecipientAction":
      one(value, of: recipientActions, "action") { "Invalid NoRecipientAction: \($0)" }
    case "DeliveryMode": deliveryMode(value)
    case "EightBitMode": letter(value, of: "mpsarjc", "8-bit mode", "Unknown 8-bit mode ")
    case "QueueSortOrder": queueOrder(value)
    case "PrivacyOptions": words(value, privacyFlags) { "readcf: Op line: \($0) unrecognized" }
    case "DontBlameSendmail":
      words(value, blameFlags) { "readcf: DontBlameSendmail option: \($0) unrecognized" }
    case "ResolverOptions":
      words(value.map { $0 == 0x2B || $0 == 0x2D ? 0x20 : $0 }, resolverFlags) {
        "readcf: I option value \($0) unrecognized"
      }
    case "RunAsUser", "TrustedUser": user(value, option.name, environment)
    case "DefaultUser": userAndGroup(value, "u", environment)
    case "AliasWait", "ConnectionCacheTimeout", "DialDelay", "MinQueueAge", "MaxQueueAge":
      timeUnits(value, twice: false)
    case "Milter": milter(option.part)
    default: []
    }
  }

  private static func onlyAddress(_ value: [UInt8]) -> [CFProblem] {
    let address = Array(value.prefix { $0 != 0x40 })
    guard !AddressLiteral.isFourth(address), !AddressLiteral.isSixth(address) else { return [] }
    let wording = Array("readcf: option ConnectOnlyTo: invalid IP address ".utf8) + value
    return [.badValue("\"\(shown(value))\" is no IP address", wording: wording)]
  }

  private static func deliveryMode(_ value: [UInt8]) -> [CFProblem] {
    guard let first = value.first, !"bidq".utf8.contains(first) else { return [] }
    return [.unknownDeliveryMode(first)]
  }

  private static func userAndGroup(
    _ value: [UInt8], _ option: String, _ environment: CFEnvironment
  ) -> [CFProblem] {
    let problems = user(value, option, environment)
    return problems.isEmpty ? group(value, option, environment) : problems
  }

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
    _ value: [UInt8], _ known: WordList, _ wording: (String) -> String
  ) -> [CFProblem] {
    value.split { isBlank($0) || $0 == 0x2C }.compactMap { word in
      let name = shown(word)
      guard !known.contains(word) else { return nil }
      return .badValue(
        "unknown flag \"\(name)\""
          + (nearestName(to: name, among: known.all).map { ", perhaps \($0)" } ?? ""),
        wording: Array(wording(name).utf8))
    }
  }

  /// `class:file`, several with commas between them; a path alone is of the usual class.
  private static func aliasFiles(_ value: [UInt8]) -> [CFProblem] {
    value.split(separator: 0x2C).flatMap { file -> [CFProblem] in
      let file = file.drop(while: isBlank)
      guard let colon = file.firstIndex(of: 0x3A), !file[..<colon].contains(0x2F) else { return [] }
      let name = file[..<colon]
      if aliasClasses.contains(name) { return [] }
      let text = shown(name)
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
      let name = word.drop { $0 == 0x2B || $0 == 0x2D }
      guard let first = name.first, !isDigit(first), !encryptionFlags.contains(name) else { return nil }
      let wording = "readcf: \(option.name) option value \(shown(name)) unrecognized"
      return .badValue("unknown flag \"\(shown(name))\"", wording: Array(wording.utf8))
    }
  }

  /// A value that is one of a few words.
  private static func one(
    _ value: [UInt8], of known: WordList, _ what: String, _ wording: (String) -> String
  ) -> [CFProblem] {
    let name = shown(value)
    guard !known.contains(value) else { return [] }
    return [
      .badValue(
        "there is no \(what) \"\(name)\"", fix: nearestName(to: name, among: known.all).map { "write \($0)" },
        wording: Array(wording(name).utf8))
    ]
  }

  private static func group(_ value: [UInt8], _ option: String, _ environment: CFEnvironment) -> [CFProblem] {
    guard let mark = value.firstIndex(where: { $0 == 0x3A || $0 == 0x2E || $0 == 0x2F }) else { return [] }
    let name = Array(value[(mark + 1)...])
    guard let first = name.first, !isDigit(first), !environment.groupExists(name) else { return [] }
    let wording = Array("readcf: option \(option): unknown group ".utf8) + name
    return [.badValue("there is no group \"\(shown(name))\"", wording: wording)]
  }

  private static func user(
    _ value: [UInt8], _ option: String, _ environment: CFEnvironment
  ) -> [CFProblem] {
    let name = Array(value.prefix { $0 != 0x3A && $0 != 0x2E && $0 != 0x2F })
    guard let first = name.first, !isDigit(first), !environment.userExists(name) else { return [] }
    let wording = Array("readcf: option \(option): unknown user ".utf8) + name
    return [.badValue("there is no user \"\(shown(name))\"", wording: wording)]
  }

  private static func timeout(_ part: [UInt8]?, _ value: [UInt8]) -> [CFProblem] {
    guard let part else { return [] }
    let name = lowered(part)
    guard timeouts.contains(name) else {
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

  private static let aliasClasses: WordList =
    "hash btree text implicit null stab nis nisplus ldap program sequence switch socket"
  private static let mapsWithoutAliases: WordList = "regex host dequote arith macro syslog bestmx dns arpa user userdb"

  /// OpenSSL's names, as SSL_CTX_set_options(3) has them.
  private static let encryptionFlags: WordList = """
    ssl_op_all ssl_op_allow_no_dhe_kex ssl_op_allow_unsafe_legacy_renegotiation
    ssl_op_cipher_server_preference ssl_op_cisco_anyconnect ssl_op_cookie_exchange ssl_op_cryptopro_tlsext_bug
    ssl_op_dont_insert_empty_fragments ssl_op_enable_middlebox_compat ssl_op_ephemeral_rsa
    ssl_op_legacy_server_connect ssl_op_microsoft_big_sslv3_buffer ssl_op_microsoft_sess_id_bug
    ssl_op_msie_sslv2_rsa_padding ssl_op_netscape_ca_dn_bug ssl_op_netscape_challenge_bug
    ssl_op_netscape_demo_cipher_change_bug ssl_op_netscape_reuse_cipher_change_bug ssl_op_no_anti_replay
    ssl_op_no_compression ssl_op_no_encrypt_then_mac ssl_op_no_query_mtu ssl_op_no_renegotiation
    ssl_op_no_session_resumption_on_renegotiation ssl_op_no_sslv2 ssl_op_no_sslv3 ssl_op_no_ticket
    ssl_op_no_tlsv1 ssl_op_no_tlsv1_1 ssl_op_no_tlsv1_2 ssl_op_no_tlsv1_3 ssl_op_pkcs1_check_1
    ssl_op_pkcs1_check_2 ssl_op_prioritize_chacha ssl_op_single_dh_use ssl_op_single_ecdh_use
    ssl_op_ssleay_080_client_dh_bug ssl_op_sslref2_reuse_cert_type_bug ssl_op_tlsext_padding
    ssl_op_tls_block_padding_bug ssl_op_tls_d5_bug ssl_op_tls_rollback_bug
    """

  private static let recipientActions: WordList = "none add-to add-apparently-to add-to-undisclosed add-bcc"

  private static let privacyFlags: WordList = """
    public needmailhelo needexpnhelo needvrfyhelo noexpn novrfy noverb restrictmailq restrictqrun
    restrictexpand authwarnings nobodyreturn noreceipts noetrn goaway noactualrecipient
    """

  private static let resolverFlags: WordList = """
    debug aaonly usevc primary igntc recurse defnames stayopen dnsrch use_edns0 use_inet6
    use_dnssec trustad hasaaaa workaroundbrokenaaaa
    """

  private static let blameFlags: WordList = """
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
    """

  private static let timeouts: WordList = """
    initial mail rcpt datainit datablock datafinal command rset helo quit misc ident fileopen
    connect iconnect aconnect auth starttls lhlo queuewarn queuewarn.normal queuewarn.urgent
    queuewarn.non-urgent queuewarn.dsn queuereturn queuereturn.normal queuereturn.urgent
    queuereturn.non-urgent queuereturn.dsn queuereturn.now hoststatus control resolver.retrans
    resolver.retrans.first resolver.retrans.normal resolver.retry resolver.retry.first
    resolver.retry.normal
    """
}

extension [UInt8] {
  fileprivate var prefixUpToPoint: [UInt8] { Array(prefix { $0 != 0x2E }) }
}
