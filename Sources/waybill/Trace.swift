// Trace.swift: `waybill trace`, how an address is routed, rule by rule.

import ArgumentParser
import Equivalence
import Routing

struct Trace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", _superCommandName: Waybill.name,
    abstract: "Show how addresses are routed, rule by rule.",
    discussion: """
      Each address is asked as a recipient, as sendmail would be asked by SMTP: is it \
      accepted, which rules are applied, where does it go, and under which addresses. \
      The DNS is not asked: every name is taken to exist, unless it ends in .invalid.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("Recipients to route.", valueName: "address"))
  var addresses: [String]

  @ArgumentParser.Option(
    help: ArgumentHelp("A sendmail.cf, a .mc file, or a folder with main.cf.", valueName: "file"))
  var config: String

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "Stands in for /etc/mail; default: the folder of the .cf, unless --root is given.", valueName: "folder"))
  var tables: String?

  @ArgumentParser.Option(help: ArgumentHelp("The envelope sender.", valueName: "address"))
  var sender = "sender@example.net"

  @ArgumentParser.Option(
    help: ArgumentHelp("Address of the client; without it the message comes from this host.", valueName: "ip"))
  var client: ClientAddress?

  @ArgumentParser.Flag(help: "Leave the rules out and tell the results only.")
  var brief = false

  @OptionGroup var compilerOptions: CompilerOptions

  private var options: CompilerSettings { compilerOptions.settings }

  func run() throws {
    let place = ConfigurationPlace(options: options, tables: tables)
    try place.check()
    let system = try place.open(place.find(config), named: config, accounts: place.tables)
    let client = client?.client ?? .commandLine
    for address in addresses {
      let envelope = Envelope(client: client, sender: Array(sender.utf8), recipients: [Array(address.utf8)])
      let answer = AnswerText(address, brief ? system.answer(envelope) : place.maps.explained(system.traced(envelope)))
      try writeOutput(options.json ? answer.json : answer.text)
    }
    try place.showFaults(of: [system])
  }
}
