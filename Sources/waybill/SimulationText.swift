// SimulationText.swift: what a simulation has to say, for people and for programs.
//
//     message 2 for emp0@example.edu from alice@example.net
//       in the mailbox of boss on mail.inf.bio.example.edu
//         1  mail.example.edu      from out.example.net [198.51.100.25]  ESMTP  15:04:05
//         2  mail.bio.example.edu  from mail.example.edu [192.0.2.1]     ESMTP  15:04:05

import Diagnostics
import MailAddress
import Pictures
import Resolver
import Routing
import Simulation
import Site

struct SimulationText {
  private let organisation: Organisation
  private let file: String
  private let port: Int
  private var text = ""
  private var times = (built: Duration.zero, up: Duration.zero)

  init(_ organisation: Organisation, _ site: SimulatedSite, file: String) {
    (self.organisation, self.file, port) = (organisation, file, site.port)
  }

  /// What has not been shown yet.
  mutating func take() -> String {
    defer { text = "" }
    return text
  }

  // MARK: for people

  mutating func began(built: Duration, up: Duration, without down: Set<Resolver.DomainName>) {
    times = (built, up)
    let hosts = organisation.domains.flatMap(\.hosts).count - down.count
    text += "\(file): built in \(Self.seconds(built)); \(counted(hosts, "host")) up in \(Self.seconds(up)),"
    text += " port \(port) of 127/8\n"
    for name in down.map(\.description).sorted() { text += "\(name) is down\n" }
  }

  mutating func started(_ hosts: Set<Resolver.DomainName>) {
    text += "\n" + hosts.map { "\($0) is up again\n" }.sorted().joined()
  }

  mutating func add(_ all: [Whereabouts]) {
    for place in all { add(place) }
  }

  private mutating func add(_ place: Whereabouts) {
    let message = place.message
    let sender = message.sender.isEmpty ? "the null sender" : message.sender.text
    text += "\nmessage \(message.number) for \(message.recipient.text) from \(sender)"
    text += message.start.map { ", written on \($0)\n" } ?? "\n"
    if place.isNowhere { text += "  is nowhere\n" }
    if let refusal = place.refusal { text += "  \(Self.words(refusal))\n" }
    for arrival in place.arrivals {
      text += "  \(Self.words(arrival.end))\n" + Self.table(arrival.trace)
    }
    for waiting in place.waiting {
      text += "  \(Self.words(waiting))\n" + Self.table(waiting.trace)
    }
    for reason in place.notices { text += "  came back: \(reason)\n" }
  }

  mutating func ended(_ all: [Whereabouts]) {
    let arrived = all.count(where: \.isAsWanted)
    text += "\n\(arrived) of \(counted(all.count, "message")) arrived where the site file says\n"
  }

  private static func words(_ refusal: Reply) -> String {
    (refusal.isTransient ? "not handed in yet: " : "refused when it was handed in: ") + refusal.line.text
  }

  private static func words(_ end: WantedEnd) -> String {
    switch end {
    case .mailbox: "in \(end.summary)"
    case .address: "left the organisation, for \(end.summary)"
    }
  }

  private static func words(_ waiting: Whereabouts.Waiting) -> String {
    let reason = waiting.reason.isEmpty ? "it was not tried yet" : waiting.reason.text
    return "waits at \(waiting.host) for \(waiting.recipient.text): \(reason)"
  }

  /// A row for each host that had the message.
  private static func table(_ trace: [TraceField]) -> String {
    let rows = trace.enumerated().map { number, hop in
      [
        "\(number + 1)", hop.by.text, "from \(hop.from.text)" + (hop.address.isEmpty ? "" : " [\(hop.address.text)]"),
        hop.protocolName.text, clock(hop.date),
      ]
    }
    let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }
      let line = cells.joined(separator: "  ")
      return "    " + line.prefix(line.count - line.reversed().prefix { $0 == " " }.count) + "\n"
    }.joined()
  }

  /// The time of a date, which stands between two colons.
  private static func clock(_ date: Bytes) -> String {
    date.split { $0 == 0x20 }.first { $0.count { $0 == .colon } == 2 }.map { Bytes($0).text } ?? date.text
  }

  private static func seconds(_ duration: Duration) -> String {
    let hundredths = duration.components.seconds * 100 + duration.components.attoseconds / 10_000_000_000_000_000
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
  }

  // MARK: for programs

  /// What did not arrive, at its person's place in the file.
  func faults(in all: [Whereabouts]) -> [Diagnostic] {
    all.filter { !$0.isAsWanted }.map { place in
      let recipient = place.message.recipient
      let trace = place.waiting.first?.trace ?? place.arrivals.first?.trace ?? []
      let notes = trace.map { Diagnostic.Note("\($0.by.text) has it from \($0.from.text)") }
      let position = organisation.person(at: recipient)?.person.position ?? SourcePosition(file: file)
      return Diagnostic(.error, .notArrived(recipient, Self.fault(of: place)), at: position, notes: notes)
    }
  }

  private static func fault(of place: Whereabouts) -> String {
    if let refusal = place.refusal { return words(refusal) }
    if let waiting = place.waiting.first { return words(waiting) }
    if let reason = place.notices.first { return "it came back: \(reason)" }
    if place.wanted.isEmpty { return "nobody has that address" }
    if let other = place.arrivals.first(where: { !place.wanted.contains($0.end) }) {
      return "it is " + words(other.end)
    }
    let reached = Set(place.arrivals.map(\.end))
    if let missing = place.wanted.subtracting(reached).map(\.summary).min() { return "it is not in \(missing)" }
    return "it arrived \(counted(place.arrivals.count, "time"))"
  }

  func json(_ meanwhile: [Whereabouts], _ end: [Whereabouts]) -> String {
    func milliseconds(_ duration: Duration) -> JSONValue {
      .number(Int(duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000))
    }
    var members: [(String, JSONValue)] = [
      ("hosts", .number(organisation.domains.flatMap(\.hosts).count)), ("port", .number(port)),
      ("milliseconds_to_build", milliseconds(times.built)), ("milliseconds_to_start", milliseconds(times.up)),
    ]
    if !meanwhile.isEmpty { members.append(("while_down", .array(meanwhile.map(Self.value)))) }
    return JSONValue.object(members + [("messages", .array(end.map(Self.value)))]).text
  }

  private static func value(_ place: Whereabouts) -> JSONValue {
    let message = place.message
    return .object([
      ("number", .number(message.number)), ("from", .string(message.sender.text)),
      ("to", .string(message.recipient.text)), ("as_wanted", .bool(place.isAsWanted)),
      (
        "arrived",
        .array(place.arrivals.map { .object([("place", .string($0.end.summary)), ("hops", hops($0.trace))]) })
      ),
      (
        "waiting",
        .array(
          place.waiting.map { waiting in
            .object([
              ("host", .string("\(waiting.host)")), ("for", .string(waiting.recipient.text)),
              ("reason", .string(waiting.reason.text)), ("hops", hops(waiting.trace)),
            ])
          })
      ), ("returned", .array(place.notices.map { .string($0) })),
      ("refused", place.refusal.map { .string($0.line.text) } ?? .null),
    ])
  }

  private static func hops(_ trace: [TraceField]) -> JSONValue {
    .array(
      trace.map { hop in
        .object([
          ("by", .string(hop.by.text)), ("from", .string(hop.from.text)), ("address", .string(hop.address.text)),
          ("with", .string(hop.protocolName.text)), ("for", .string(hop.recipient.text)),
          ("date", .string(hop.date.text)),
        ])
      })
  }

  // MARK: pictures

  /// The ways that the mail took; one message is drawn with its recipients, several are counted.
  func graph(of all: [Whereabouts]) -> FlowGraph {
    let journeys = all.flatMap(\.journeys)
    let isFromOutside = all.allSatisfy { $0.message.start == nil }
    guard all.count == 1, let message = all.first?.message else {
      return organisation.graph(
        ofMany: journeys, title: "\(counted(all.count, "message")) through \(organisation.top.name)",
        isFromOutside: isFromOutside)
    }
    return organisation.graph(
      of: journeys, title: "Mail for \(message.recipient.text)", isFromOutside: isFromOutside)
  }
}
