// Graph.swift: `waybill graph`, how mail flows through an organisation or a host, as a picture.

import ArgumentParser
import Diagnostics
import Equivalence
import HostFlow
import Pictures
import Posix
import Resolver
import Routing
import Site

struct Graph: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph", _superCommandName: Waybill.name,
    abstract: "Draw the mail flow of an organisation or a host, or the way of one address.",
    discussion: """
      Of a site.yaml: its hosts, and the ways between them. Of a sendmail.cf, .mc file or folder \
      with main.cf: what is asked at each stage of a message, and the mailers. With --address: \
      the way of mail from outside for it.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case svg, dot, mermaid }

  @ArgumentParser.Argument(
    help: ArgumentHelp("A site.yaml, a sendmail.cf, a .mc file, or a folder with main.cf.", valueName: "file"))
  var file: String

  @ArgumentParser.Option(
    help: ArgumentHelp("Draw the way of mail from outside for this address instead.", valueName: "address"))
  var address: String?

  @ArgumentParser.Option(
    help: ArgumentHelp("With --address, of a site: a host that nobody reaches.", valueName: "host"))
  var down: [String] = []

  @ArgumentParser.Option(help: ArgumentHelp("With --address, of a host: the envelope sender.", valueName: "address"))
  var sender = "sender@example.net"

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "With --address, of a host: the client's address; without it the message comes from a stranger.",
      valueName: "ip"))
  var client: ClientAddress?

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "Of a host: stands in for /etc/mail; default: the folder of the .cf, unless --root is given.",
      valueName: "folder"))
  var tables: String?

  @ArgumentParser.Option(help: "The language of the picture.")
  var format = Format.svg

  @OptionGroup var compilerOptions: CompilerOptions

  private var options: CompilerSettings { compilerOptions.settings }

  func validate() throws {
    if address == nil, !down.isEmpty { throw ValidationError("--down is about the way of an --address") }
  }

  func run() throws {
    let graph = try BuildJob(file: file).isOfSite ? ofOrganisation() : ofHost()
    let text =
      switch format {
      case .svg: GraphSVG(graph).text
      case .dot: graph.dot
      case .mermaid: graph.mermaid
      }
    try writeOutput(text)
  }

  // MARK: one host

  private func ofHost() throws -> FlowGraph {
    guard down.isEmpty else { throw failure("\(file) is no site file, and --down is about the hosts of one", fix: nil) }
    let place = ConfigurationPlace(options: options, tables: tables)
    try place.check()
    let system = try place.open(place.find(file), named: file, accounts: place.tables)
    let graph = address.map { way(of: $0, under: system) } ?? stages(of: system)
    try place.showFaults(of: [system])
    return graph
  }

  private func stages(of system: MailSystem) -> FlowGraph {
    switch system.source {
    case .sendmail(let installation, _): HostFlow(installation.program.file, named: file).graph
    case .postfix(let configuration): HostFlow(configuration, named: file).graph
    }
  }

  private func way(of address: String, under system: MailSystem) -> FlowGraph {
    let envelope = Envelope(
      client: client?.client ?? Survey.stranger, sender: Array(sender.utf8), recipients: [Array(address.utf8)])
    return AddressFlow(envelope, system.answer(envelope)).graph(title: "Mail for \(address) under \(file)")
  }

  // MARK: an organisation

  private func ofOrganisation() throws -> FlowGraph {
    let organisation = try readOrganisation(options.place(of: file), options.report)
    return try address.map { try way(of: $0, in: organisation) } ?? organisation.graph
  }

  private func way(of address: String, in organisation: Organisation) throws -> FlowGraph {
    let down = try Set(down.map { try host(named: $0, in: organisation, options.report) })
    let recipient = Array(address.utf8)
    guard let entrance = organisation.entrance(for: recipient, without: down) else {
      throw failure("no host takes mail for \(address) from outside", fix: "give an address of the organisation")
    }
    let place = options.place(of: file)
    return try SiteRouters.use(of: organisation, file: place, options: options) { hosts in
      var traveller = Traveller(organisation) { hosts.routers[$0] }
      traveller.down = down
      let journeys = traveller.journeys(
        of: recipient, from: Survey.foreigner, client: Survey.stranger, at: entrance)
      return organisation.graph(of: journeys, title: "Mail for \(address)")
    }
  }

  private func failure(_ text: String, fix: String?) -> ExitCode {
    options.report.show([Diagnostic(.error, .init(.siteName, text, fix: fix))])
    return ExitCode(ExitStatus.dataError.rawValue)
  }
}
