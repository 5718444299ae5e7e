// RuntimeSettings.swift: what whoever starts the runtime decides, besides the configuration.
//
// By default nothing here touches the host: loopback, a port of its own, all files below
// one state folder.

import MailQueue
import Posix
import Resolver

package struct RuntimeSettings: Sendable {
  /// Where the dialogue is offered.
  package struct Listener: Sendable, Hashable, CustomStringConvertible {
    package var host: String
    /// 0 for a free one.
    package var port: Int
    package var isLMTP = false
    /// Letters of DaemonPortOptions' Modifiers.
    package var modifiers = ""

    package init(host: String = "127.0.0.1", port: Int, isLMTP: Bool = false) {
      self.host = host
      self.port = port
      self.isLMTP = isLMTP
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
  }

  /// Where mail for other hosts goes.
  package enum Outbound: Sendable {
    /// To the hosts that the configuration and the DNS name.
    case asRouted
    /// All of it to one place: a sandbox.
    case everything(to: Listener)
    /// To a recorder, which also gets what programs, files and other agents would.
    case recorded(any DeliveryRecorder)
  }

  package var stateFolder: String
  /// Of the queue in it. Damage that it finds while it is in use is logged.
  package var queue = QueueSettings()
  package var listeners = [Listener(port: 2525)]
  package var outbound = Outbound.asRouted
  package var resolver: any DomainNameResolver
  /// Where the hosts of a simulation are on this machine; nil for the network that there is.
  package var network: SimulatedNetwork?
  /// Mailboxes are files in it; nil for `mail` in the state folder.
  package var spoolFolder: String?
  /// Whether programs and files that aliases and mailers name are used.
  package var usesPrograms = false
  /// Whether mail for a mailbox is given to the program that the configuration has for that:
  /// the local mailer's, or mailbox_command.
  package var usesMailboxPrograms = false
  /// Whether mailboxes are where the configuration has them on this host.
  package var usesHostMailboxes = false
  /// Whether clients on this host may say for whom they speak (XCLIENT), whatever the configuration says.
  package var trustsLocalClients = false
  /// Questions that are answered, and deliveries that are under way, at a time.
  package var engineThreads = 8
  package var deliveryThreads = 20
  /// Seconds until a deferred recipient is tried again: the first time, and at most.
  package var firstRetry = 300
  package var longestRetry = 4000
  /// Nothing is delivered by itself, but what a client on this host asks for.
  package var isOnDemand = false
  /// What people are to know of the runtime.
  package var log: @Sendable (String) -> Void = { _ in }
  /// What became of mail, for the log: the program's name and its words.
  package var mailLog: @Sendable (_ program: String, _ text: String) -> Void = { _, _ in }

  package init(stateFolder: String, resolver: any DomainNameResolver) {
    self.stateFolder = stateFolder
    self.resolver = resolver
  }

  package var queueFolder: String { stateFolder + "/queue" }
  /// Where processes of this host ask for things.
  package var controlPath: String { Self.controlPath(in: stateFolder) }
  package static func controlPath(in stateFolder: String) -> String { stateFolder + "/control" }
  var mailFolder: String { spoolFolder ?? stateFolder + "/mail" }
}
