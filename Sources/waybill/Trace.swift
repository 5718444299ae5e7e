// Trace.swift: `waybill trace`, how an address is routed, rule by rule.

import ArgumentParser
import Diagnostics
import Installation
import Posix
import Routing
import SendmailRouting

struct Trace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Show how addresses are routed, rule by rule.",
    discussion: """
      Each address is asked as a recipient, as sendmail would be asked by SMTP: is it
      accepted, which rules are applied, where does it go, and under which addresses.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("Recipients to route.", valueName: "address"))
  var addresses: [String]

  @ArgumentParser.Option(help: ArgumentHelp("The sendmail.cf.", valueName: "file.cf"))
  var config: String

  @ArgumentParser.Option(
    help: ArgumentHelp("Look absolute paths up below this folder.", valueName: "folder"))
  var root: String?

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "Stands in for /etc/mail; default: the folder of the .cf, unless --root is given.", valueName: "folder"))
  var tables: String?

  @ArgumentParser.Option(help: ArgumentHelp("The envelope sender.", valueName: "address"))
  var sender = "sender@example.net"

  @ArgumentParser.Option(
    help: ArgumentHelp("Address of the client; without it the message comes from this host.", valueName: "ip"))
  var client: String?

  @ArgumentParser.Flag(help: "Leave the rules out and tell the results only.")
  var brief = false

  @ArgumentParser.Flag(help: "Answer as JSON, one object an address.")
  var json = false

  func run() throws {
    let report = Report(isJSON: json)
    if let tables { try requireFolder(tables, "--tables", report) }
    let installation = try openInstallation(config, root: root, tables: tables, report: report)
    let router = installation.router()
    router.isTracing = !brief
    let client = client.map { Client(address: Array($0.utf8), helo: Array("client.invalid".utf8)) }
    for address in addresses {
      let answer = router.answer(
        Envelope(
          client: client ?? .commandLine, sender: Array(sender.utf8), recipients: [Array(address.utf8)]))
      try writeOutput(json ? AnswerText(address, answer).json : AnswerText(address, answer).text)
    }
    report.show(router.engine.mapFaults)
    if installation.program.diagnostics.contains(where: { $0.severity == .error }) {
      throw ExitCode(ExitStatus.configuration.rawValue)
    }
    if !router.engine.mapFaults.isEmpty { throw ExitCode(ExitStatus.dataError.rawValue) }
  }
}

/// Reads a .cf with its files; what is wrong with it is shown, and ends the command
/// where nothing can be done.
func openInstallation(
  _ config: String, root: String?, tables: String?, report: Report
) throws -> Installation {
  let beside = config.lastIndex(of: "/").map { String(config[..<$0]) } ?? "."
  let folder = tables ?? (root == nil ? beside : nil)
  let installation = Installation(
    try readConfiguration(config, report), named: config,
    root: FileRoot(root: root, settingsFolder: folder), hostName: "localhost.localdomain")
  report.show(installation.program.diagnostics)
  return installation
}

/// The bytes of a .cf; ends the command where it cannot be read.
func readConfiguration(_ path: String, _ report: Report) throws -> [UInt8] {
  do throws(Errno) { return try readFile(path) } catch {
    report.show([
      Diagnostic(
        .error, .init(.cannotRead, "cannot read \(path): \(error)", fix: "name a sendmail.cf"),
        at: SourcePosition(file: path))
    ])
    throw ExitCode(ExitStatus.noInput.rawValue)
  }
}

/// What a mail system said of one recipient, for people and for programs.
struct AnswerText {
  private let address: String
  private let answer: EnvelopeAnswer

  init(_ address: String, _ answer: EnvelopeAnswer) {
    self.address = address
    self.answer = answer
  }

  private var decision: Decision {
    answer.session.isPositive ? answer.recipients.first?.decision ?? answer.session : answer.session
  }

  private var steps: [TraceStep] { answer.trace + (answer.recipients.first?.trace ?? []) }
  private var deliveries: [Delivery] { answer.recipients.first?.deliveries ?? [] }

  var text: String {
    var lines = ["\(address)"]
    lines += steps.map { "  \($0)" }
    lines.append("  \(words(decision))")
    for delivery in deliveries {
      lines.append("  -> \(words(delivery.destination))   \(triple(delivery.resolution))")
      lines.append("     from <\(show(delivery.sender))> to <\(show(delivery.recipient))>")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var json: String {
    let object = JSONValue.object([
      ("address", .string(address)), ("decision", .string(words(decision))),
      ("accepted", .bool(decision.isPositive)),
      (
        "deliveries",
        .array(
          deliveries.map { delivery in
            .object([
              ("mailer", .string(show(delivery.resolution.transport))),
              ("host", .string(show(delivery.resolution.host))),
              ("user", .string(show(delivery.resolution.user))),
              ("destination", .string(words(delivery.destination))),
              ("sender", .string(show(delivery.sender))), ("recipient", .string(show(delivery.recipient))),
            ])
          })
      ),
      (
        "steps",
        .array(
          steps.map { step in
            .object([
              ("text", .string(step.text)), ("depth", .number(step.depth)),
              ("position", step.position.map { .string($0.description) } ?? .null),
            ])
          })
      ),
    ])
    return object.text + "\n"
  }

  private func triple(_ resolution: Resolution) -> String {
    "mailer \(show(resolution.transport)), host \(show(resolution.host)), user \(show(resolution.user))"
  }

  private func words(_ decision: Decision) -> String {
    switch decision {
    case .accept: "accepted"
    case .reject(let reply): "refused: \(reply)"
    case .discard(let reason): "accepted and thrown away: \(show(reason))"
    case .hold(let reason): "accepted and held: \(show(reason))"
    case .temporaryFailure(let reply): "cannot say now: \(reply)"
    }
  }

  private func words(_ destination: Destination) -> String {
    switch destination {
    case .mailbox(let user): "mailbox of \(show(user))"
    case .program(let command): "program \(show(command))"
    case .file(let path): "file \(show(path))"
    case .remote(let host): "host \(show(host))"
    case .agent(let transport, let host): "\(show(transport)) \(show(host))"
    case .bounce(let reply): "bounces: \(reply)"
    case .deferred(let reply): "waits: \(reply)"
    case .nowhere: "thrown away"
    }
  }

  private func show(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
