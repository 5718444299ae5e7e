// Graph.swift: `waybill graph`, how mail flows through an organisation, as a picture.

import ArgumentParser
import Diagnostics
import Posix
import Resolver
import Routing
import Site

struct Graph: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph", _superCommandName: Waybill.name,
    abstract: "Draw the mail flow of a site.yaml, or the way of one address through it.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case svg, dot, mermaid }

  @ArgumentParser.Argument(help: ArgumentHelp("The site file.", valueName: "site.yaml"))
  var file: String

  @ArgumentParser.Option(
    help: ArgumentHelp("Draw the way of mail from outside for this address instead.", valueName: "address"))
  var address: String?

  @ArgumentParser.Option(help: ArgumentHelp("With --address: a host that nobody reaches.", valueName: "host"))
  var down: [String] = []

  @ArgumentParser.Option(help: "The language of the picture.")
  var format = Format.svg

  @OptionGroup var compilerOptions: CompilerOptions

  private var options: CompilerSettings { compilerOptions.settings }

  func validate() throws {
    if address == nil, !down.isEmpty { throw ValidationError("--down is about the way of an --address") }
  }

  func run() throws {
    let organisation = try readOrganisation(options.place(of: file), options.report)
    let graph = try address.map { try way(of: $0, in: organisation) } ?? organisation.graph
    let text =
      switch format {
      case .svg: GraphSVG(graph).text
      case .dot: graph.dot
      case .mermaid: graph.mermaid
      }
    try writeOutput(text)
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
