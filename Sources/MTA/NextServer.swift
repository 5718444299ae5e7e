// NextServer.swift: the server that a copy is given to by SMTP or LMTP, and the way there.
//
//     main.cf   a transport of smtp(8): hosts         lmtp(8): hosts, or unix:SOCKET
//     .cf       A=TCP HOST PORT: hosts                A=FILE SOCKET, or a program without $u
//
// lmtp(8) finds sockets below the queue's folder, and asks for no MX records.

import Delivery
import MailAddress
import Posix
import Routing
import SendmailRouting

struct NextServer: Sendable {
  enum Way: Sendable {
    case hosts(Bytes, port: Int, asksExchangers: Bool)
    /// `shown` as the configuration has it.
    case socket(String, shown: Bytes)
    case program(MailerCall)
  }

  var way: Way
  var isLMTP = false
  /// What it takes has arrived.
  var isFinal = false
  /// The sender as MAIL gives it.
  var sender: Bytes
  /// The most recipients of one transaction; 0 for any number.
  var recipientLimit = 0
  /// EHLO is tried with servers that do not call themselves ESMTP, too.
  var usesExtendedHello = true
  /// Of EHLO or LHLO.
  var heloName: Bytes

  /// As the configuration has it; empty for what is on this host.
  var hostName: Bytes { if case .hosts(let name, _, _) = way { name } else { [] } }

  var isOnThisHost: Bool { if case .hosts = way { false } else { true } }
}

extension DeliveryAgents {
  /// nil where the route leads to no server.
  func nextServer(_ job: Job) throws(HeaderFailure) -> NextServer? {
    if let agents = configuration.postfix {
      let hop =
        switch job.route.destination {
        case .remote(let host): host
        case .agent(_, let host): host
        default: Bytes()
        }
      return agents.server(job.route.transport, hop, sender: job.route.sender, host: configuration.hostName)
    }
    let copy = configuration.copy(of: job.id, job.envelope, job.route)
    return try configuration.withSendmail { router throws(HeaderFailure) in
      guard let server = try router.server(of: copy) else { return nil }
      let way: NextServer.Way =
        switch server.place {
        case .host(let name, let port): .hosts(name, port: Self.number(of: port), asksExchangers: true)
        case .socket(let path): .socket(path.text, shown: path)
        case .program(let call): .program(call)
        }
      return NextServer(
        way: way, isLMTP: server.isLMTP, isFinal: server.isFinal, sender: server.sender,
        recipientLimit: router.recipientsOfOneRun(job.route.transport), usesExtendedHello: server.isExtended,
        heloName: configuration.hostName)
    } ?? nil
  }

  private static func number(of port: Bytes) -> Int {
    port.isEmpty ? 25 : port.decimalValue ?? servicePort(port.text) ?? 25
  }
}

extension PostfixAgents {
  /// A transport that smtp(8) or lmtp(8) serves.
  struct Client: Sendable {
    let isLMTP: Bool
    let port: Int
    let heloName: Bytes
  }

  fileprivate func server(_ transport: Bytes, _ hop: Bytes, sender: Bytes, host: Bytes) -> NextServer? {
    guard let client = clients[transport] else { return nil }
    var server = NextServer(
      way: .hosts(hop, port: client.port, asksExchangers: !client.isLMTP), isLMTP: client.isLMTP,
      isFinal: client.isLMTP, sender: sender, heloName: client.heloName.isEmpty ? host : client.heloName)
    server.recipientLimit = recipientLimits[transport] ?? 0
    guard client.isLMTP else { return server }
    if hop.starts(with: Bytes(ascii: "unix:")) {
      let path = Bytes(hop.dropFirst(5))
      let isAbsolute = path.first == .slash
      server.way = .socket(root + (isAbsolute ? path : queueFolder + [.slash] + path).text, shown: path)
    } else if hop.starts(with: Bytes(ascii: "inet:")) {
      server.way = .hosts(Bytes(hop.dropFirst(5)), port: client.port, asksExchangers: false)
    }
    return server
  }
}
