// Reporting.swift: a row for everything the input says.
//
// Goes through the calls and the lines of the .cf in order. What an area found out
// counts; then the catalogue. A catalogue that promises something nobody wrote is
// answered with `manual`: the reader is told what to write instead.

import Diagnostics
import MCCompiler
import SendmailCF

extension Builder {
  func reportEverything() {
    for call in facts.calls { report.rows.append(row(call)) }
    var ruleset = ""
    var counts: [String: Int] = [:]
    for line in facts.cf.lines {
      if case .ruleset(let name) = line.content { ruleset = rulesetName(name) }
      if case .rule = line.content { counts[ruleset, default: 0] += 1 }
    }
    for line in facts.cf.lines {
      if let row = row(line, ruleCounts: counts) { report.rows.append(row) }
    }
  }

  /// A verdict that nobody carried out is work for a person.
  private func honest(_ entry: CatalogueEntry?) -> (Verdict, String, String) {
    guard let entry else { return (.manual, "-", "Nothing is known of this; look at what it does.") }
    switch entry.verdict {
    case .exact, .approximate:
      return entry.postfix == "-"
        ? (entry.verdict, "-", entry.reason)
        : (.manual, entry.postfix, "Not written for you: " + entry.reason)
    case .manual, .none: return (entry.verdict, entry.postfix, entry.reason)
    }
  }

  private func answer(_ subject: Subject, _ entry: CatalogueEntry?) -> (Verdict, String, String) {
    if let outcome = outcomes[subject] {
      return (outcome.verdict, outcome.postfix, outcome.reason ?? entry?.reason ?? "")
    }
    return honest(entry)
  }

  private func makeRow(
    _ kind: TranslationReport.Kind, _ subject: String, _ position: SourcePosition?,
    _ answer: (Verdict, String, String)
  ) -> TranslationReport.Row {
    .init(
      kind: kind, subject: subject, position: position, verdict: answer.0, postfix: answer.1,
      reason: answer.2)
  }

  // MARK: calls

  private func row(_ call: SiteCall) -> TranslationReport.Row {
    makeRow(.call, Provenance.text(of: call), call.position, answer(call))
  }

  private func answer(_ call: SiteCall) -> (Verdict, String, String) {
    switch call.name {
    case "FEATURE":
      let name = call.text(0)
      return answer(.feature(name), CallCatalogue.feature(name))
    case "define": return answerDefine(call)
    case "MAILER":
      return mailerAnswer(call.text(0))
    case "DAEMON_OPTIONS": return portAnswer(call.text(0))
    case "undefine": return (.none, "-", "The definition is gone; what it would have done is not there.")
    default:
      if call.isLayout || Self.m4Words.contains(call.name) {
        return (.none, "-", "Shapes the text of the file; nothing of it reaches mail.")
      }
      return answer(.word(call.name), CallCatalogue.word(call.name))
    }
  }

  private func answerDefine(_ call: SiteCall) -> (Verdict, String, String) {
    let name = call.text(0)
    if let option = CallNames.option(ofDefine: name) {
      // An empty or absent option leaves no line in the .cf.
      guard facts.option(option) != nil else { return honestUnset(option) }
      return answer(.option(option), OptionCatalogue.entry(option))
    }
    if name == "confDAEMON_OPTIONS" { return portAnswer(call.text(1)) }
    if name == "confCLIENT_OPTIONS" { return answer(.option("ClientPortOptions"), CallCatalogue.word(name)) }
    if outcomes[.word(name)] == nil, let macro = SiteFacts.macro(ofDefine: name), outcomes[.macro(macro)] != nil {
      return answer(.macro(macro), CallCatalogue.word(name))
    }
    if let entry = CallCatalogue.word(name) { return answer(.word(name), entry) }
    if outcomes[.word(name)] != nil { return answer(.word(name), nil) }
    if name.hasPrefix("conf") || name.contains("MAILER") {
      return (.manual, "-", "Nothing is known of this; look at what it does.")
    }
    return (.none, "-", "A name of the site's own; what is made with it has rows of its own.")
  }

  private func portAnswer(_ value: String) -> (Verdict, String, String) {
    let outcome = portOutcome(value)
    return (
      outcome.verdict, outcome.postfix, outcome.reason ?? OptionCatalogue.entry("DaemonPortOptions")?.reason ?? ""
    )
  }

  private func honestUnset(_ option: String) -> (Verdict, String, String) {
    (.none, "-", "The option is not in the .cf: the value is empty or its default.")
  }

  private func mailerAnswer(_ name: String) -> (Verdict, String, String) {
    switch name {
    case "local", "smtp": (.exact, name == "local" ? "local" : "smtp, relay", "Postfix's own services.")
    default: honest(CallCatalogue.word("MAILER(\(name))"))
    }
  }

  private static let m4Words: Set<String> = [
    "dnl", "eval", "incr", "decr", "index", "substr", "translit", "len", "format", "shift", "defn",
    "pushdef", "popdef", "syscmd", "esyscmd", "sysval", "m4wrap", "m4exit", "maketemp", "builtin",
    "indir", "dumpdef", "traceon", "traceoff", "debugmode", "regexp", "patsubst", "ifndef", "DOL", "CONCAT",
    "LOCAL_CONFIG_END",
  ]

  // MARK: lines

  private func row(_ line: CFLine, ruleCounts: [String: Int]) -> TranslationReport.Row? {
    let place = line.position
    switch line.content {
    case .option(let option):
      let name = SiteFacts.fullName(option)
      let value = facts.text(option.value)
      return makeRow(
        .option, name + "=" + value, place,
        name.folded == "daemonportoptions"
          ? portAnswer(value) : answer(.option(name), OptionCatalogue.entry(name)))
    case .words(let number, let words, let copied):
      let copies = copied.map { "$=" + facts.name($0) }
      return classRow(.class, number, (words.map { String(bytes: $0) } + copies).joined(separator: " "), place)
    case .trustedUsers(let words):
      return classRow(.class, 0x74, words.map { String(bytes: $0) }.joined(separator: " "), place)
    case .classFile(let file): return classFileRow(file, place)
    case .macro(let number, let value): return macroRow(number, value, place)
    case .map(let map): return mapRow(map, place)
    case .mailer(let mailer): return mailerRow(mailer, place)
    case .ruleset(let name): return rulesetRow(name, place, ruleCounts)
    case .header(let header): return headerRow(header, place)
    case .rule, .faulty: return line.content.isFaulty ? faultyRow(line) : nil
    case .version:
      return makeRow(.other, "V line", place, (.none, "compatibility_level", "Says which sendmail the file is for."))
    case .precedence(let name, let value):
      return makeRow(
        .other, "precedence \(String(bytes: name))=\(value)", place, (.none, "-", "Postfix has one queue for all."))
    case .environment(let text):
      return makeRow(
        .other, "environment " + String(bytes: text), place,
        (.manual, "export_environment", "Add the variable there if programs need it."))
    case .queueGroup(let units):
      return makeRow(
        .other, "queue group " + facts.text(units), place, (.none, "-", "Postfix schedules by destination."))
    case .mailFilter(let units):
      return makeRow(.other, "mail filter " + facts.text(units), place, mailFilterAnswer(facts.text(units)))
    }
  }

  private func faultyRow(_ line: CFLine) -> TranslationReport.Row {
    makeRow(
      .other, String(bytes: line.text.prefix(60)), line.position,
      (.manual, "-", "The line is faulty; sendmail ignores it."))
  }

  private func classRow(
    _ kind: TranslationReport.Kind, _ number: Int, _ words: String, _ place: SourcePosition
  ) -> TranslationReport.Row {
    let name = facts.name(number)
    return makeRow(kind, "\(name): \(words)", place, classAnswer(name))
  }

  private func classAnswer(_ name: String) -> (Verdict, String, String) {
    if let outcome = outcomes[.classNamed(name)] { return (outcome.verdict, outcome.postfix, outcome.reason ?? "") }
    return honest(
      StructureCatalogue.classNamed(name)
        ?? CatalogueEntry(
          name: name, verdict: .manual, postfix: "-",
          reason: "A class of the site's own rules; what uses it has to be written anew."))
  }

  private func classFileRow(_ file: CFClassFile, _ place: SourcePosition) -> TranslationReport.Row {
    let name = facts.name(file.classNumber)
    switch file.source {
    case .file(let path):
      let isThere = facts.source.file(String(bytes: path)) != nil
      let answer = classAnswer(name)
      let note = isThere ? "" : " The file was not found" + (file.isOptional ? ", which it need not be." : ".")
      return makeRow(.classFile, "\(name): \(String(bytes: path))", place, (answer.0, answer.1, answer.2 + note))
    case .program(let text):
      return makeRow(
        .classFile, "\(name): |\(String(bytes: text))", place,
        (.manual, "-", "The program was not run; list what it prints."))
    case .map(let key, let map):
      return makeRow(
        .classFile, "\(name): \(String(bytes: key))@\(String(bytes: map))", place,
        (.manual, "-", "List what the map holds under this key."))
    }
  }

  private func macroRow(_ number: Int, _ value: [CFUnit], _ place: SourcePosition) -> TranslationReport.Row {
    let name = facts.name(number)
    let subject = (name.count == 1 ? "$" + name : "${\(name)}") + "=" + facts.text(value)
    if value.isEmpty, outcomes[.macro(name)] == nil {
      return makeRow(.macro, subject, place, (.none, "-", "Empty."))
    }
    return makeRow(
      .macro, subject, place,
      answer(
        .macro(name),
        StructureCatalogue.macro(name)
          ?? CatalogueEntry(
            name: name, verdict: .manual, postfix: "-", reason: "Used only by the site's own rules, or by nothing.")))
  }

  private func mapRow(_ map: CFMap, _ place: SourcePosition) -> TranslationReport.Row {
    let name = String(bytes: map.name)
    let subject = "\(name) \(String(bytes: map.mapType)) \(String(bytes: map.arguments))"
    return makeRow(
      .map, subject, place,
      answer(
        .map(name),
        StructureCatalogue.map(name)
          ?? CatalogueEntry(
            name: name, verdict: .manual, postfix: "-",
            reason: "A map of the site's own rules; where the rules are written anew, name it there.")))
  }

  private func mailerRow(_ mailer: CFMailer, _ place: SourcePosition) -> TranslationReport.Row {
    let name = String(bytes: mailer.name)
    return makeRow(
      .mailer, name, place,
      answer(
        .mailer(name),
        StructureCatalogue.mailer(name)
          ?? CatalogueEntry(
            name: name, verdict: .manual, postfix: "master.cf pipe",
            reason:
              "Write a pipe service: argv= from P= and A=, user= from U=, $u is ${recipient}, $h ${nexthop}, $f ${sender}."
          )))
  }

  private func rulesetName(_ name: CFRulesetName) -> String {
    name.name.isEmpty ? String(name.number) : String(bytes: name.name)
  }

  private func rulesetRow(
    _ ruleset: CFRulesetName, _ place: SourcePosition, _ ruleCounts: [String: Int]
  ) -> TranslationReport.Row {
    let name = rulesetName(ruleset)
    let rules = ruleCounts[name] ?? 0
    if rules == 0 { return makeRow(.ruleset, name, place, (.none, "-", "Empty: a place for the site's own rules.")) }
    if StructureCatalogue.isHook(name) {
      let own = ownRules(of: name)
      if own == 0 {
        return makeRow(.ruleset, name, place, (.approximate, "transport_maps", "The rules of FEATURE(redirect)."))
      }
      return makeRow(
        .ruleset, name, place,
        (
          .manual, StructureCatalogue.hook(name),
          "\(own) rules of the site's own: Postfix has no rules; write a table that does the same."
        ))
    }
    guard let entry = StructureCatalogue.ruleset(name) else {
      return makeRow(
        .ruleset, name, place,
        (.manual, "-", "\(rules) rules that no library wrote: Postfix has no rules; write a table that does the same."))
    }
    return makeRow(.ruleset, name, place, (entry.verdict, entry.postfix, entry.reason))
  }

  /// The rules of a hook that are not those of a feature.
  private func ownRules(of name: String) -> Int {
    var current = ""
    var count = 0
    for line in facts.cf.lines {
      if case .ruleset(let ruleset) = line.content { current = rulesetName(ruleset) }
      guard current == name, case .rule(let rule) = line.content else { continue }
      if !facts.text(Array(rule.left)).contains("REDIRECT") { count += 1 }
    }
    return count
  }

  private func headerRow(_ header: CFHeader, _ place: SourcePosition) -> TranslationReport.Row {
    let name = String(bytes: header.name)
    if let check = header.check {
      return makeRow(
        .header, name, place,
        (
          .manual, "header_checks",
          "Ruleset \(String(bytes: check.ruleset)) decides; a pattern of header_checks can do what it does."
        ))
    }
    let known = [
      "return-path", "received", "resent-date", "date", "resent-from", "from", "full-name", "resent-message-id",
      "message-id",
    ]
    if known.contains(name.folded) {
      return makeRow(
        .header, name, place,
        (name.folded == "full-name" ? .none : .approximate, "-", "Postfix adds the header itself, in its own words."))
    }
    return makeRow(
      .header, name, place, (.manual, "header_checks PREPEND", "Add it with a PREPEND action where it matters."))
  }
}

extension CFContent {
  var isFaulty: Bool { if case .faulty = self { true } else { false } }
}
