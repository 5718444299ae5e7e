// MCText.swift: the sendmail.mc that answers give.
//
// It says no more than was answered, in the words that postmasters know, and works with
// sendmail's own library, too. The end of an earlier file, from its mark on, is kept as
// it is.

/// The lines of a sendmail.mc.
struct MCText {
  let answers: Answers
  let found: FoundHost
  /// The texts of the tables as they will be.
  let tables: [String: [UInt8]]

  var lines: [String] {
    head + daemon + (answers.kind == .nullClient ? [] : names + features + senders + delivery) + kept
      + mailers + custom
  }

  private func call(_ name: String, _ arguments: String...) -> String { mcCall(name, arguments) }

  /// With the arguments that it had.
  private func feature(_ name: String) -> String {
    let old = found.feature(name)?.arguments.dropFirst().map { String(decoding: $0, as: UTF8.self) } ?? []
    return mcCall("FEATURE", [name] + old)
  }

  private var head: [String] {
    let system = found.firstArgument(of: "OSTYPE") ?? (found.isDebian ? "debian" : "linux")
    let domain = found.firstArgument(of: "DOMAIN") ?? (system == "debian" ? "debian-mta" : nil)
    let library = system == "debian" ? ["include(`/usr/share/sendmail/cf/m4/cf.m4')dnl"] : []
    return [
      "dnl  Written by waybill setup; run it again to change an answer.",
      FoundHost.kindMark + answers.kind.rawValue,
    ] + library + [
      call("VERSIONID", "\(answers.kind.rawValue) \(answers.hostName)"), call("OSTYPE", system),
    ] + (domain.map { [call("DOMAIN", $0)] } ?? []) + [call("define", "confDOMAIN_NAME", answers.hostName)]
  }

  private var daemon: [String] {
    let inside = answers[.listen] != ["all"]
    let ports =
      inside
      ? ["Family=inet, Name=MTA-v4, Port=smtp, Addr=127.0.0.1"]
      : ["Family=inet, Name=MTA-v4, Port=smtp", "Family=inet6, Name=MTA-v6, Port=smtp, Modifiers=O"]
    let all = ports + ["Family=inet, Name=MSP-v4, Port=submission, Modifiers=Ea, Addr=127.0.0.1"]
    return [call("FEATURE", "no_default_msa")] + all.map { call("DAEMON_OPTIONS", $0) }
  }

  private var names: [String] {
    let smartHost = answers[.smartHost].map { call("define", "SMART_HOST", $0) }
    let virtual = TableText(tables["virtusertable"] ?? []).entries.compactMap { entry in
      entry.key.firstIndex(of: "@").flatMap { Words.domain(String(entry.key[entry.key.index(after: $0)...])) }
    }
    return smartHost + virtual.uniqued.map { call("VIRTUSER_DOMAIN", $0) }
  }

  private var features: [String] {
    let some = ["mailertable", "virtusertable"].filter { tables[$0] != nil }
    return (["use_cw_file", "access_db", "blocklist_recipients"] + some).map(feature)
  }

  private var senders: [String] {
    var lines: [String] = []
    if let name = answers[.masquerade].first {
      lines += [call("MASQUERADE_AS", name), call("FEATURE", "masquerade_envelope")]
      lines += answers[.exposedUsers].map { call("EXPOSED_USER", $0) }
    }
    guard tables["genericstable"] != nil else { return lines }
    return lines + [feature("genericstable")]
      + ([answers.hostName] + answers[.localNames]).uniqued.map { call("GENERICS_DOMAIN", $0) }
  }

  private var delivery: [String] {
    switch answers[.localDelivery].first {
    case "procmail":
      [
        found.feature("local_procmail") == nil
          ? call("FEATURE", "local_procmail", "/usr/bin/procmail") : feature("local_procmail")
      ]
    case "lmtp": [feature("local_lmtp")]
    default: []
    }
  }

  private var kept: [String] {
    let calls = answers[.keepCalls] == ["yes"] ? found.keptCalls : []
    return calls.isEmpty ? [] : ["dnl  Kept from the earlier file."] + calls
  }

  private var mailers: [String] {
    // It brings the mailers itself, and nothing may follow it.
    if answers.kind == .nullClient { return answers[.hub].map { call("FEATURE", "nullclient", $0) } }
    return [call("MAILER", "local"), call("MAILER", "smtp")] + (answers[.keepCalls] == ["yes"] ? found.keptMailers : [])
  }

  private var custom: [String] {
    let old = found.customLines
    return ["LOCAL_CONFIG"] + (old.isEmpty ? ["\(FoundHost.customMark) lines below are kept by waybill setup"] : old)
  }
}
