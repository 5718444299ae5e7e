// Simulate.swift: `waybill simulate site.yaml`, mail sent through all hosts of an organisation at once.
//
//     build ─► hosts up on loopback ─► messages in ─► [ hosts that were down, up ] ─► where they are
//
// Everything is in a temporary folder, which is gone at the end and after Ctrl-C.

import ArgumentParser
import Diagnostics
import Glibc
import MTA
import MailAddress
import Pictures
import Posix
import PostfixRouting
import Resolver
import Simulation
import Site

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", _superCommandName: Waybill.name,
    abstract: "Run all hosts of a site.yaml on loopback and send mail through them.",
    discussion: """
      Each host is the runtime under what `waybill build` makes of it, on an address of its own in \
      127/8. Everybody in the file is sent a message from outside, and each must end where the file \
      says: then the status is 0, else 1. Programs are not run, and nothing leaves this machine.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("The site file.", valueName: "site.yaml"))
  var file: String

  @ArgumentParser.Option(help: ArgumentHelp("Send to this address alone.", valueName: "address"))
  var to: [String] = []

  @ArgumentParser.Option(
    help: ArgumentHelp("The sender; one of the organisation writes on a host of their domain.", valueName: "address"))
  var from: String?

  @ArgumentParser.Option(help: ArgumentHelp("Hand the mail in on this host.", valueName: "host"))
  var at: String?

  @ArgumentParser.Option(
    help: ArgumentHelp("Start this host only once the mail for it waits.", valueName: "host"))
  var down: [String] = []

  @ArgumentParser.Option(help: ArgumentHelp("Draw the ways of the mail.", valueName: "file"))
  var svg: String?

  @ArgumentParser.Option(
    help: ArgumentHelp("Keep configurations, queues and mailboxes there.", valueName: "folder"))
  var state: String?

  @ArgumentParser.Option(
    help: ArgumentHelp("How long to wait for mail that does not move; default: 8.", valueName: "seconds"))
  var patience = 8

  @OptionGroup var compilerOptions: CompilerOptions

  private var options: CompilerSettings { compilerOptions.settings }

  func validate() throws {
    if !(1...86_400).contains(patience) { throw ValidationError("--patience takes 1 second to a day") }
  }

  func run() throws {
    let path = options.place(of: file)
    let organisation = try readOrganisation(path, options.report)
    let down = try Set(down.map { try host(named: $0, in: organisation, options.report) })
    let began = ContinuousClock.now
    guard let state else {
      return try SiteHosts.build(organisation, file: path, options: options) { hosts in
        try simulate(organisation, hosts, without: down, built: .now - began)
      }
    }
    try holdingEndingSignals {
      try SiteBuild(file: path, options).make(organisation, in: state)
      try simulate(organisation, SiteHosts(folder: state, options: options), without: down, built: .now - began)
    }
  }

  // MARK: running

  private func simulate(
    _ organisation: Organisation, _ hosts: SiteHosts, without down: Set<Resolver.DomainName>, built: Duration
  ) throws {
    do {
      let began = ContinuousClock.now
      let site = try SimulatedSite(organisation, state: hosts.folder + "/state") { try load($0, hosts, $1) }
      defer { site.stop() }
      let messages = try messages(organisation, site.world)
      try site.start { !down.contains($0) }
      var text = SimulationText(organisation, site, file: file)
      text.began(built: built, up: .now - began, without: down)
      if !options.json { try writeOutput(text.take()) }
      let run = "\(time(nil))-\(getpid())"
      let result = try follow(messages, through: site, run: run, without: down, &text)
      try conclude(result, organisation, text)
    } catch let error as RuntimeError {
      writeError("waybill: \(error)\n")
      throw ExitCode(error.status.rawValue)
    }
  }

  private func follow(
    _ messages: [NumberedMessage], through site: SimulatedSite, run: String, without down: Set<Resolver.DomainName>,
    _ text: inout SimulationText
  ) throws -> (meanwhile: [Whereabouts], end: [Whereabouts]) {
    let simulation = Simulation(site, messages, run: run)
    var meanwhile: [Whereabouts] = []
    if !down.isEmpty {
      meanwhile = simulation.settle(until: .nothingMoves, patience: .seconds(patience))
      text.add(meanwhile)
      try site.start { down.contains($0) }
      text.started(down)
      if !options.json { try writeOutput(text.take()) }
    }
    let end = simulation.settle(until: .allHasArrived, patience: .seconds(patience))
    text.add(end)
    return (meanwhile, end)
  }

  private func load(
    _ plan: HostPlan, _ hosts: SiteHosts, _ resolver: any DomainNameResolver
  ) throws -> LoadedConfiguration {
    switch try hosts.open(plan) {
    case .sendmail(let installation): return LoadedConfiguration(installation, resolver: resolver)
    case .postfix(let configuration, var findings):
      defer { options.report.show(findings) }
      return try LoadedConfiguration(configuration, resolver: resolver) { findings.append($0) }
    }
  }

  // MARK: messages

  private func messages(_ organisation: Organisation, _ world: World) throws -> [NumberedMessage] {
    let everybody = organisation.domains.flatMap { domain in
      domain.people.flatMap(\.names).map { $0 + [.at] + domain.name.text }
    }
    let recipients = try to.isEmpty ? everybody : to.map(address)
    let sender = try from.map { $0.isEmpty ? [] : try address($0) }
    let start = try at.map { try host(named: $0, in: organisation, options.report) } ?? organisation.desk(of: sender)
    if start == nil, let stranger = recipients.first(where: { !organisation.contains($0) }) {
      throw failure(
        "\(stranger.text) is no address of the organisation", fix: "give --from or --at to send from inside")
    }
    let other = start.map { Bytes(ascii: "someone@") + $0.text } ?? world.sender
    return recipients.enumerated().map { index, recipient in
      NumberedMessage(number: index + 1, from: sender ?? other, to: recipient, at: start)
    }
  }

  private func address(_ text: String) throws -> Bytes {
    let bytes = Bytes(text.utf8)
    let parts = AddressForm.parts(bytes)
    let isPlain = bytes.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3C && $0 != 0x3E }
    if isPlain, !parts.local.isEmpty, parts.domain.flatMap({ Resolver.DomainName($0) }) != nil { return bytes }
    throw failure("\"\(text)\" is no address", fix: "write user@example.edu, in full")
  }

  private func failure(_ text: String, fix: String) -> ExitCode {
    options.report.show([Diagnostic(.error, .init(.siteName, text, fix: fix))])
    return ExitCode(ExitStatus.dataError.rawValue)
  }

  // MARK: the end

  private func conclude(
    _ result: (meanwhile: [Whereabouts], end: [Whereabouts]), _ organisation: Organisation, _ text: SimulationText
  ) throws {
    var text = text
    if isWantedToEnd() { throw ExitCode(ExitStatus.temporaryFailure.rawValue) }
    options.report.show(text.faults(in: result.end))
    text.ended(result.end)
    try writeOutput(options.json ? text.json(result.meanwhile, result.end) + "\n" : text.take())
    if let svg {
      var staged = StagedOutput(options.report)
      try staged.add(svg, Bytes(GraphSVG(text.graph(of: result.end)).text.utf8))
      try staged.putIntoPlace()
    }
    if !result.end.allSatisfy(\.isAsWanted) { throw ExitCode(1) }
  }
}

extension Organisation {
  fileprivate func contains(_ address: Bytes) -> Bool {
    let domain = AddressForm.parts(address).domain.flatMap { Resolver.DomainName($0) }
    return domain?.isBelowOrSame(top.name) ?? false
  }

  /// The host on which somebody of the organisation writes; nil for strangers.
  fileprivate func desk(of sender: Bytes?) -> Resolver.DomainName? {
    guard let domain = sender.flatMap({ AddressForm.parts($0).domain }), let name = Resolver.DomainName(domain) else {
      return nil
    }
    if let host = domains.flatMap(\.hosts).first(where: { $0.name == name }) { return host.name }
    return index(of: name).flatMap(server(of:)).flatMap { domains[$0].outboundHost?.name }
  }
}
