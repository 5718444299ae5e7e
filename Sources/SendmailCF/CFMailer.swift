// CFMailer.swift: M lines.
//
//     Mname, P=/bin/mail, F=lsDFM, S=env/hdr, R=env/hdr, A=mail -d $u
//
// Fields are known by their first letter. Values keep `$u` and its like as
// references: they are expanded when a message is delivered.

/// One mailer.
package struct CFMailer: Sendable {
  package var name: [UInt8]
  package var path: [UInt8] = []
  package var flags = MailerFlags()
  /// The rulesets of envelope and header senders, then of recipients; nil means ruleset 0, none.
  package var sender: RulesetPair = RulesetPair()
  package var recipient: RulesetPair = RulesetPair()
  package var maximumSize = 0
  package var lineLimit = 0
  package var maximumMessages = 0
  package var maximumRecipients = 100
  package var endOfLine: [UInt8] = []
  package var arguments: [[CFUnit]] = []
  package var user: [UInt8] = []
  package var workingDirectory: [CFUnit] = []
  package var root: [CFUnit] = []
  package var characterSet: [UInt8] = []
  package var wait: [UInt8] = []
  package var queueGroup: [UInt8] = []
  package var nice: [UInt8] = []
  /// The types of names: MTA, address, diagnostic.
  package var types: [[UInt8]?] = [nil, nil, nil]

  package struct RulesetPair: Sendable, Equatable {
    package var envelope: CFRulesetName?
    package var header: CFRulesetName?
  }

  package init(name: [UInt8]) { self.name = name }

  /// Whether it speaks SMTP over the net.
  package var isNetwork: Bool { path == Array("[IPC]".utf8) }
}

extension CFReader {
  mutating func readMailer(_ rest: ArraySlice<CFUnit>) -> CFContent {
    let name = rest.prefix { !$0.isSpace && $0.byte != 0x2C }
    guard !name.isEmpty else {
      report(fault("a mailer without a name", "name required for mailer"))
      return .faulty
    }
    var mailer = CFMailer(name: name.text(file.names))
    var text = rest.dropFirst(name.count)
    var hasFields = false
    while true {
      let fields = text.drop { $0.byte == 0x2C || $0.isSpace }
      // A comma at the end announces a field that does not come.
      guard let key = fields.first?.byte else {
        guard hasFields, text.first?.byte == 0x2C else { break }
        report(fault("a field without =", "mailer \(shown(mailer.name)): `=' expected"))
        return .faulty
      }
      hasFields = true
      text = fields
      let behind = text.drop { $0.byte != 0x3D && $0.byte != 0x2C && !$0.isSpace }
        .drop { $0.isSpace }
      guard behind.first?.byte == 0x3D else {
        report(fault("a field without =", "mailer \(shown(mailer.name)): `=' expected"))
        return .faulty
      }
      let (value, following) = CFText.value(
        behind.dropFirst().drop { $0.isSpace }, until: 0x2C)
      set(key, value, in: &mailer)
      text = following
    }
    return finish(mailer)
  }

  private func fault(_ text: String, _ wording: String) -> CFProblem {
    CFProblem(.badMailerLine, text, wording: wording)
  }

  private mutating func set(_ key: UInt8, _ value: [CFUnit], in mailer: inout CFMailer) {
    let text = value.text(file.names)
    switch key {
    case 0x50: mailer.path = text  // P
    case 0x46: for flag in text where !isBlank(flag) { mailer.flags.insert(flag) }  // F
    case 0x53: mailer.sender = readRulesets(text)  // S
    case 0x52: mailer.recipient = readRulesets(text)  // R
    case 0x4D: mailer.maximumSize = leadingNumber(text)
    case 0x4C: mailer.lineLimit = max(0, leadingNumber(text))
    case 0x6D: mailer.maximumMessages = leadingNumber(text)
    case 0x72: mailer.maximumRecipients = leadingNumber(text)
    case 0x45:
      mailer.endOfLine = text
      if text.isEmpty {
        report(
          fault("an empty end of line", "mailer \(shown(mailer.name)): null end-of-line string"))
      }
    case 0x41: mailer.arguments = value.split { $0.isSpace }.map(Array.init)
    case 0x55: setUser(text, &mailer)
    case 0x44: mailer.workingDirectory = folder(value, "working directory", mailer)
    case 0x2F: mailer.root = folder(value, "root directory", mailer)
    case 0x43: mailer.characterSet = text
    case 0x57: mailer.wait = text
    case 0x51: mailer.queueGroup = text
    case 0x4E: mailer.nice = text
    case 0x54: setTypes(text, &mailer)
    default:
      report(
        fault(
          "mailer \(shown(mailer.name)) has no field \(shown([key]))",
          "M\(shown(mailer.name)): unknown mailer equate \(shown([key]))="))
    }
  }

  private mutating func readRulesets(_ text: [UInt8]) -> CFMailer.RulesetPair {
    let parts = text.split(separator: 0x2F, maxSplits: 1, omittingEmptySubsequences: false)
    let envelope = readRuleset(Array(parts.first ?? []))
    guard parts.count == 2 else {
      return CFMailer.RulesetPair(envelope: envelope, header: envelope)
    }
    return CFMailer.RulesetPair(envelope: envelope, header: readRuleset(Array(parts[1])))
  }

  private mutating func readRuleset(_ text: [UInt8]) -> CFRulesetName? {
    let (name, problem) = CFRulesetName.read(text, known: &file.rulesetNumbers)
    if let problem { report(problem) }
    return name
  }

  private mutating func folder(_ value: [CFUnit], _ what: String, _ mailer: CFMailer) -> [CFUnit] {
    if value.isEmpty { report(fault("an empty \(what)", "mailer \(shown(mailer.name)): null \(what)")) }
    return value
  }

  private mutating func setUser(_ text: [UInt8], _ mailer: inout CFMailer) {
    mailer.user = text
    let name = Array(text.prefix { $0 != 0x3A && !isBlank($0) })
    guard let first = name.first, !isDigit(first), !environment.userExists(name) else { return }
    report(
      fault(
        "there is no user \"\(shown(name))\"",
        "readcf: mailer U= flag: unknown user \(shown(name))"))
  }

  private func setTypes(_ text: [UInt8], _ mailer: inout CFMailer) {
    let parts = text.split(separator: 0x2F, maxSplits: 2, omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() where index < 3 && !part.isEmpty {
      mailer.types[index] = Array(part)
    }
  }

  /// What a mailer must have; a network mailer names TCP, a file mailer FILE.
  private mutating func finish(_ mailer: CFMailer) -> CFContent {
    let name = shown(mailer.name)
    guard !mailer.arguments.isEmpty else {
      report(fault("mailer \(name) has no arguments", "M\(name): A= argument required"))
      return .faulty
    }
    guard !mailer.path.isEmpty else {
      report(fault("mailer \(name) has no program", "M\(name): P= argument required"))
      return .faulty
    }
    if let wording = wrongArguments(mailer) {
      report(fault("mailer \(name): its arguments do not fit its program", wording))
      return .faulty
    }
    let first = mailer.arguments.first?.text(file.names)
    if mailer.isNetwork, first != Array("TCP".utf8), first != Array("FILE".utf8) {
      report(
        CFProblem(
          .badMailerLine, "mailer \(name) should begin its arguments with TCP",
          wording:
            "M\(name): Warning: first argument in [IPC] mailer must be TCP or FILE",
          status: 0, namesLine: false))
    }
    var complete = mailer
    if mailer.endOfLine.isEmpty { complete.endOfLine = defaultEndOfLine(mailer) }
    if mailer.isNetwork {
      for (index, type) in ["dns", "rfc822", "smtp"].enumerated() where mailer.types[index] == nil {
        complete.types[index] = Array(type.utf8)
      }
    }
    return .mailer(complete)
  }

  /// Programs that are told the user want Unix lines, the rest speak SMTP.
  private func defaultEndOfLine(_ mailer: CFMailer) -> [UInt8] {
    let namesUser = mailer.arguments.contains { $0.contains(CFUnit(.macro, 0x75)) }
    return namesUser ? [0x0A] : [0x0D, 0x0A]
  }

  private func wrongArguments(_ mailer: CFMailer) -> String? {
    let name = shown(mailer.name)
    let count = mailer.arguments.count
    switch shown(mailer.path) {
    case "[TCP]": return "M\(name): P=[TCP] must be replaced by P=[IPC]"
    case "[IPC]" where count < 2: return "M\(name): too few parameters for [IPC] mailer"
    case "[FILE]" where count != 2:
      return "M\(name): too \(count < 2 ? "few" : "many") parameters for [FILE] mailer"
    case "[FILE]" where mailer.arguments.first?.text(file.names) != Array("FILE".utf8):
      return "M\(name): first argument in [FILE] mailer must be FILE"
    default: return nil
    }
  }
}
