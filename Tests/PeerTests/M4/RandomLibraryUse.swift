// RandomLibraryUse.swift: a site file that calls sendmail's library as chance will have it.
//
// Unlike RandomSite, whose sites are to work, this one need make no sense: any name of any
// folder with any arguments, in any order, and often enough with a slip of the pen. What m4
// says to it is the same under both, or one of them is wrong.

import Foundation
import TestSupport

struct RandomLibraryUse {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private static let names = Dictionary(
    uniqueKeysWithValues: LibraryKind.allCases.map { ($0, $0.names) })

  private static let arguments = [
    "", ", `'", ", `hash -o /etc/mail/map'", ", `nodelay', `terminate'", ", LDAP", ", `t'",
    ", `\"550 \" $`'&{client_addr} \" no\"', `quarantine'", ", `1000'", ", a(b, c), `(d'",
  ]

  /// Lines that a site may have besides those.
  private static let others = [
    "MASQUERADE_AS(`example.org')dnl", "MASQUERADE_DOMAIN(`example.net')", "EXPOSED_USER(`root admin')",
    "LOCAL_DOMAIN(`a.example b.example')dnl", "LOCAL_USER(`root')", "GENERICS_DOMAIN(`x.example')",
    "VIRTUSER_DOMAIN(`v.example')", "RELAY_DOMAIN(`192.0.2')", "TRUST_AUTH_MECH(`PLAIN LOGIN')dnl",
    "DAEMON_OPTIONS(`Port=smtp, Name=MTA')", "CLIENT_OPTIONS(`Family=inet')",
    "INPUT_MAIL_FILTER(`f1', `S=local:/run/f1.sock, F=T')dnl", "MAIL_FILTER(`f2', `S=inet:99@localhost')",
    "MODIFY_MAILER_FLAGS(`LOCAL', `+e')", "LUSER_RELAY(`smtp:hub.example')", "QUEUE_GROUP(`q', `P=/q')",
    "define(`SMART_HOST', `esmtp:[192.0.2.1]')dnl", "define(`MAIL_HUB', `hub.example')",
    "define(`LOCAL_MAILER_ARGS', `mail -d $u')", "define(`confLOG_LEVEL', `14')dnl",
    "define(`confPRIVACY_FLAGS', `authwarnings,novrfy')", "define(`confDOMAIN_NAME', `$w.example')",
    "define(`confTRUSTED_USERS', `a b')", "undefine(`ALIAS_FILE')", "define(`confUNKNOWN_NAME', `1')",
    "LOCAL_CONFIG\nDXvalue\nC{Local}a b", "LOCAL_RULE_0\nR$* < @ x.example > $*\t$#local $: $1",
    "LOCAL_RULE_3\nR$- ! $+\t$: $2 < @ $1 >", "LOCAL_NET_CONFIG\nR$*\t$@ $1", "LOCAL_RULESETS\nSown",
    "MAILER_DEFINITIONS\nMown, P=/bin/own, A=own $u", "divert(-1)nothing of this\ndivert(0)dnl",
    "dnl a note that isn't quoted", "# a line, with `quotes' and (parentheses", "VERSIONID(`$Id$')",
    "ifdef(`_MASQUERADE_ENVELOPE_', `yes', `no')", "errprint(`said at '__line__`\n')", "DOL(1)",
    "syscmd(`true')sysval", "define(`FEATURE', `a feature of our own')", "undefine(`MAILER')", "divert(9)late\ndivert",
  ]

  mutating func text() -> String {
    var lines = ["VERSIONID(`by chance')"]
    if chance(85) { lines.append(call(.ostype)) }
    if chance(25) { lines.append(call(.domain)) }
    for _ in 0..<Int.random(in: 0...8, using: &random) { lines.append(call(.feature)) }
    for _ in 0..<Int.random(in: 0...6, using: &random) { lines.append(pick(Self.others)) }
    if chance(15) { lines.append(call(.hack)) }
    for _ in 0..<Int.random(in: 0...4, using: &random) { lines.append(call(.mailer)) }
    if chance(10) { lines.append(call(.siteconfig)) }
    if chance(40) { lines.shuffle(using: &random) }
    var text = lines.joined(separator: "\n") + (chance(90) ? "\n" : "")
    if chance(35) { slip(&text) }
    return text
  }

  private mutating func call(_ kind: LibraryKind) -> String {
    // The usual system and mailers, without which most sites end at once.
    if kind == .ostype, chance(60) { return kind.call("linux") }
    if kind == .mailer, chance(60) { return kind.call(pick(["local", "smtp"])) }
    let name = chance(95) ? pick(Self.names[kind] ?? []) : "unheard-of"
    return kind.call(name, chance(50) ? "" : pick(Self.arguments))
  }

  /// One character too few, or one too many.
  private mutating func slip(_ text: inout String) {
    let signs: [Character] = ["`", "'", "(", ")", ","]
    let places = text.indices.filter { signs.contains(text[$0]) }
    guard let place = places.randomElement(using: &random) else { return }
    if chance(50) { text.remove(at: place) } else { text.insert(pick(signs), at: place) }
  }

  private mutating func pick<Item>(_ items: [Item]) -> Item {
    items[Int.random(in: 0..<items.count, using: &random)]
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }
}
