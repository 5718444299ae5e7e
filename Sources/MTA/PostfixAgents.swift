// PostfixAgents.swift: the settings of local(8), virtual(8) and pipe(8), as the runtime stands
// in for them.

import Delivery
import MailAddress
import Posix
import PostfixConfig
import PostfixRouting

struct PostfixAgents: Sendable {
  /// One transport that runs a program.
  struct Pipe: Sendable {
    let service: Result<PipeService, PipeService.Fault>
    /// Nil for no limit.
    let seconds: Double?
  }

  /// By transport.
  private(set) var pipes: [Bytes: Pipe] = [:]
  private(set) var clients: [Bytes: Client] = [:]
  /// The most recipients of one delivery.
  private(set) var recipientLimits: [Bytes: Int] = [:]
  /// Transports that virtual(8) serves, with virtual_mailbox_base.
  private(set) var virtualBases: [Bytes: Bytes] = [:]
  let homeMailbox, spoolFolder, shell, queueFolder: Bytes
  let commandSeconds: Double?
  /// disable_mime_output_conversion is not set.
  let convertsOutput: Bool
  /// nil for no limit.
  let mailboxLimit, virtualLimit: Int?
  let router: PostfixRouter
  let root: FileRoot

  init(_ configuration: PostfixConfiguration, _ router: PostfixRouter) {
    self.router = router
    root = configuration.root
    let local = configuration.settings(for: configuration.master.service("local", type: "unix"))
    homeMailbox = local.value("home_mailbox")
    spoolFolder = local.value("mail_spool_directory")
    shell = local.value("local_command_shell")
    commandSeconds = Self.seconds(local.value("command_time_limit"))
    mailboxLimit = Self.limit(local.number("mailbox_size_limit", otherwise: 51_200_000))
    let virtual = configuration.settings(for: configuration.master.service("virtual", type: "unix"))
    virtualLimit = Self.limit(virtual.number("virtual_mailbox_limit", otherwise: 51_200_000))
    let main = configuration.settings()
    convertsOutput = !main.flag("disable_mime_output_conversion")
    queueFolder = main.value("queue_directory")
    let usualLimit = main.number("default_destination_recipient_limit", otherwise: 50)
    for service in configuration.master.services where service.type == "unix" || service.type == "pass" {
      let name = Bytes(service.name.utf8)
      let settings = configuration.settings(for: service)
      recipientLimits[name] = main.number("\(service.name)_destination_recipient_limit", otherwise: usualLimit)
      switch service.command {
      case "smtp":
        clients[name] = Client(
          isLMTP: false, port: Self.port(settings.value("smtp_tcp_port"), otherwise: 25),
          heloName: settings.value("smtp_helo_name"))
      case "lmtp":
        clients[name] = Client(
          isLMTP: true, port: Self.port(settings.value("lmtp_tcp_port"), otherwise: 24),
          heloName: settings.value("lmtp_lhlo_name"))
      case "virtual": virtualBases[name] = settings.value("virtual_mailbox_base")
      case "pipe":
        pipes[name] = Pipe(
          service: Result { () throws(PipeService.Fault) in try PipeService(service) },
          seconds: Self.seconds(settings.value("\(service.name)_time_limit")))
      default: break
      }
    }
  }

  private static func port(_ value: Bytes, otherwise: Int) -> Int {
    value.decimalValue ?? servicePort(value.text) ?? otherwise
  }

  private static func limit(_ number: Int) -> Int? { number > 0 ? number : nil }

  private static func seconds(_ value: Bytes) -> Double? {
    ConfiguredTime.seconds(value.text, unit: 1).flatMap { $0 > 0 ? Double($0) : nil } ?? 1000
  }
}
