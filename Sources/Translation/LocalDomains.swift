// LocalDomains.swift: class w to mydestination.
//
// Names of a file stay in a file of their own, as the postmaster keeps them; the
// others stand in main.cf.

extension Builder {
  func translateLocalDomains() {
    for member in facts.oddWords {
      note(
        SourceEntry(key: member.word, value: "", position: member.origin.position ?? .init(file: "sendmail.cf")), .none,
        "The word is neither a domain nor a network; an IPv6 address begins with IPv6: there.")
    }
    if let hub = nullClientHub {
      set("mydestination", [], .local, [hub.origin])
      note(.classNamed("w"), .exact, "mydestination =", "A null client keeps no mail.")
      return
    }
    var words = [ValueWord("$myhostname")]
    var list = PostfixTable("local-host-names", .list, "domains whose mail ends here, one a line")
    let files = localHostFiles
    for member in ownDomains where member.word != fullName {
      if let place = member.origin.position?.file, files.contains(place) {
        list.add(member.word, "", member.origin)
      } else {
        words.append(ValueWord(member.word, isStandard(member) ? nil : member.origin))
      }
    }
    for name in otherLocalhosts { words.append(ValueWord(name, Self.otherLocalhostsOrigin)) }
    if !list.isEmpty { words.append(ValueWord(side.put(list), facts.origin(ofFeature: "use_cw_file"))) }
    set("mydestination", words, .local, [Provenance("class w")])
    note(.classNamed("w"), .exact, "mydestination")
    for name in ["use_cw_file", "LOCAL_DOMAIN"] {
      note(name == "LOCAL_DOMAIN" ? .word(name) : .feature(name), .exact, "mydestination")
    }
    note(.word("confCW_FILE"), .exact, list.isEmpty ? "mydestination" : list.name)
  }

  /// Names that sendmail's rules take for this host whatever its classes say.
  var otherLocalhosts: [String] {
    ["localhost." + ownDomainInMain, "localhost.uucp"]
  }

  static let otherLocalhostsOrigin = Provenance.standard("localhost in the host's domain is the host")

  /// They, and localhost itself, go out with the host's own name. Canonical maps would do
  /// the same, but make every user of localhost a known one.
  func localhostsGoingOut() {
    guard nullClientHub == nil else { return }
    var table = PostfixTable("localhost_names", .hash, "what localhost is called")
    for other in ["localhost"] + otherLocalhosts {
      table.add("@" + other, "@" + fullNameInMain, Self.otherLocalhostsOrigin)
    }
    addTable(table, to: "smtp_generic_maps", .rewriting, Self.otherLocalhostsOrigin)
  }

  private func isStandard(_ member: SiteFacts.Member) -> Bool { member.word == "localhost" }

  /// The files that class w was read from, as they were found.
  private var localHostFiles: Set<String> {
    var files: Set<String> = []
    for line in facts.cf.lines {
      guard case .classFile(let file) = line.content, facts.name(file.classNumber) == "w",
        case .file(let path) = file.source, let found = facts.source.words(String(bytes: path))
      else { continue }
      files.insert(found.path)
    }
    return files
  }

  /// A host name with the host's own names in it: `mailhost.$m`.
  private func named(_ host: String) -> String {
    host.replacing("$m", by: ownDomain ?? "$m").replacing("$j", by: fullName ?? "$j")
  }

  /// Where a null client sends everything.
  var nullClientHub: (host: String, origin: Provenance)? {
    if let feature = facts.features["nullclient"] {
      let hub = feature.arguments.first ?? ""
      return (hub.isEmpty ? facts.macro("H")?.value ?? "" : named(hub.folded), feature.origin)
    }
    return nil
  }
}
