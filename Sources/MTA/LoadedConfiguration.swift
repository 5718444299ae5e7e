// LoadedConfiguration.swift: a sendmail.cf or a main.cf as the runtime uses it.
//
// Immutable, so that a reload is a new value: sessions go on with the one they began with.

import Diagnostics
import Installation
import MailAddress
import PostfixConfig
import PostfixRouting
import Resolver
import Routing
import Rulesets
import SMTP
import SendmailCF
import SendmailRouting

/// One generation of the configuration.
package final class LoadedConfiguration: Sendable {
  package enum System: Sendable {
    case sendmail(Installation)
    case postfix(PostfixConfiguration, PostfixRouter)
  }

  package let system: System
  /// As the host calls itself in greetings and Received: lines.
  let hostName: Bytes
  let voice: Voice
  let limits: ServerLimits
  let lifetimes: QueueLifetimes
  let patience: SessionPatience
  let mostHops: Int
  let requiresGreeting: Bool
  private let resolver: any DomainNameResolver
  /// For deliveries.
  let engines: EnginePool

  /// A sendmail.cf with its files.
  package init(_ installation: Installation, resolver: any DomainNameResolver) {
    let options = installation.program.options
    system = .sendmail(installation)
    self.resolver = resolver
    engines = EnginePool { Self.makeRouter(installation, resolver) }
    voice = .sendmail
    hostName = installation.router().hostName
    limits = ServerLimits(options)
    lifetimes = QueueLifetimes(options)
    patience = SessionPatience(options)
    mostHops = options.text("MaxHopCount").flatMap { Int($0) } ?? 25
    requiresGreeting = options.text("PrivacyOptions")?.lowercased().contains("needmailhelo") ?? false
  }

  /// A Postfix configuration folder.
  package init(
    _ configuration: PostfixConfiguration, resolver: any DomainNameResolver,
    report: @escaping (Diagnostic) -> Void
  ) {
    let smtpd = configuration.settings(for: configuration.master.firstService(running: "smtpd", type: "inet"))
    let router = PostfixRouter(configuration, names: ResolvedNames(resolver), report: report)
    system = .postfix(configuration, router)
    self.resolver = resolver
    engines = EnginePool { router }
    voice = .postfix
    hostName = smtpd.value("myhostname")
    limits = ServerLimits(smtpd)
    lifetimes = QueueLifetimes(configuration.settings())
    patience = SessionPatience(smtpd)
    mostHops = smtpd.number("hopcount_limit", otherwise: 50)
    requiresGreeting = smtpd.flag("smtpd_helo_required")
  }

  /// An engine for one thread.
  func makeRouter() -> any MailRouter {
    switch system {
    case .sendmail(let installation): Self.makeRouter(installation, resolver)
    case .postfix(_, let router): router
    }
  }

  private static func makeRouter(_ installation: Installation, _ resolver: any DomainNameResolver) -> SendmailRouter {
    let router = installation.router()
    router.engine.hosts.assumption = { [names = ResolvedNames(resolver), unowned engine = router.engine] name in
      engine.classes.contains(name, in: 0x77) || names.host(name) != .noSuchName
    }
    return router
  }

  /// How the server speaks to one client.
  func serverSettings(isLMTP: Bool, date: Bytes) -> ServerSettings {
    var settings = ServerSettings(
      voice: voice, hostName: hostName, date: date, dialect: isLMTP ? .lmtp : .smtp)
    settings.limits = limits
    settings.requiresGreeting = requiresGreeting
    settings.offered.remove(.help)
    return settings
  }
}

extension ServerLimits {
  fileprivate init(_ options: CFOptions) {
    self = .defaults(of: .sendmail)
    func number(_ name: String) -> Int? { options.text(name).flatMap { Int($0) } }
    message = max(0, number("MaxMessageSize") ?? 0)
    recipients = max(0, number("MaxRecipientsPerMessage") ?? 0)
    header = max(0, number("MaxHeadersLength") ?? header)
    hops = number("MaxHopCount") ?? 25
    refusedRecipients = max(0, number("BadRcptThrottle") ?? 0)
  }

  fileprivate init(_ smtpd: Settings) {
    self = .defaults(of: .postfix)
    message = smtpd.number("message_size_limit", otherwise: message)
    recipients = smtpd.number("smtpd_recipient_limit", otherwise: recipients)
    commandLine = smtpd.number("line_length_limit", otherwise: commandLine)
    hops = smtpd.number("hopcount_limit", otherwise: hops)
    errors = smtpd.number("smtpd_hard_error_limit", otherwise: errors)
    errorsBeforeDelay = smtpd.number("smtpd_soft_error_limit", otherwise: errorsBeforeDelay)
    errorDelaySeconds =
      ConfiguredTime.seconds(smtpd.value("smtpd_error_sleep_time").text, unit: 1) ?? errorDelaySeconds
    junkCommands = smtpd.number("smtpd_junk_command_limit", otherwise: junkCommands)
  }
}
