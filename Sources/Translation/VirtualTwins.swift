// VirtualTwins.swift: domains that are another name of this host.
//
//     virtusertable   @old.example    %1@new.example      where new.example ends here
//                     @old.example    %1
//     mailertable     old.example     local:
//
// As an alias this would take mail for everybody, and bounce what was for nobody, to
// senders that forgers made up. So the domain becomes a destination itself, with the
// same virtual users as the other, and sendmail's and Postfix's answers are the same:
// who has no account is unknown.

import Diagnostics

extension Builder {
  /// The entries with those of twins written out.
  func withTwins(_ entries: [SourceEntry]) -> [SourceEntry] {
    let keys = Set(entries.map(\.key))
    var result: [SourceEntry] = []
    for entry in entries {
      guard let domain = entry.key.dropping(prefix: "@"), let twin = twin(of: entry, keys),
        becomesDestination(domain, entry)
      else {
        result.append(entry)
        continue
      }
      noteTwin(entry)
      for other in entries where other.key.hasSuffix("@" + twin) {
        let key = other.key.dropLast(twin.count) + domain
        guard !keys.contains(String(key)) else { continue }
        result.append(SourceEntry(key: String(key), value: other.value, position: other.position))
      }
    }
    return result
  }

  private func noteTwin(_ entry: SourceEntry) {
    let keepsDetail = entry.value.contains("%3")
    note(
      entry, keepsDetail ? .exact : .approximate, "mydestination",
      "The domain is another name of this host."
        + (keepsDetail ? "" : " Aliases and .forward files see the +detail that %1 leaves out."))
  }

  /// The own domain whose users the key's domain has.
  private func twin(of entry: SourceEntry, _ keys: Set<String>) -> String? {
    let value = entry.value.folded
    guard let rest = value.dropping(prefix: "%1%3") ?? value.dropping(prefix: "%1") else { return nil }
    let named = rest.isEmpty ? fullName : rest.dropping(prefix: "@")
    guard let twin = named, isOwn(twin), !keys.contains("@" + twin), entry.key != "@" + twin else { return nil }
    return twin
  }

  /// Domains that the mailertable gives to the local mailer, likewise. Where strangers may
  /// not send to them, the relay restrictions say so.
  func localRoutes() {
    for entry in tableEntries(ofMap: "mailertable") where target(entry.value) == .local {
      guard entry.value.contains(":"), !entry.key.hasPrefix("."), !isOwn(entry.key),
        let setting = side.setting("mydestination")
      else { continue }
      twins.insert(entry.key)
      if !isRelayed(entry.key) { destinationsOfFriends.append(entry) }
      set("mydestination", setting.words + [ValueWord(entry.key, origin(entry))], setting.section, setting.origins)
    }
  }

  /// Whether the domain may be a destination: it is one, or mail to it is taken anyway.
  private func becomesDestination(_ domain: String, _ entry: SourceEntry) -> Bool {
    if isOwn(domain) { return true }
    guard facts.members("VirtHost").contains(where: { $0.word == domain }), isRelayed(domain),
      !tableEntries(ofMap: "mailertable").contains(where: { $0.key == domain }),
      let setting = side.setting("mydestination")
    else { return false }
    twins.insert(domain)
    set("mydestination", setting.words + [ValueWord(domain, origin(entry))], setting.section, setting.origins)
    return true
  }
}
