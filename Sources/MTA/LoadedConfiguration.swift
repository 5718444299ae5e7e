// LoadedConfiguration.swift: a sendmail.cf or a main.cf as the runtime uses it.
//
// Immutable, so that a reload is a new value: sessions go on with the one they began with.

import Delivery
import Diagnostics
import Installation
import MailAddress
import Posix
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
  let noticePolicy: NoticePolicy
  let eightBitMode: EightBitMode
  let defaultCharacterSet: Bytes
  let privacy: PrivacyOptions
  /// How mailboxes are locked.
  let locks: LockPolicy
  let helpTopics: [Bytes: [Bytes]]?
  /// smtpd_banner; nil for sendmail's own greeting.
  let banner: Bytes?
  /// smtpd_discard_ehlo_keywords.
  let withheld: Set<ServerExtension>
  /// How much must be free for a message to be begun.
  let space: SpaceRule
  /// nil where no rule asks for them.
  let counts: ConnectionCounts?
  let security: TransportSecurity
  /// For deliveries.
  let engines: EnginePool
  private let silentStages: Set<EnvelopeAnswer.Stage>
  /// The agents of a main.cf.
  let postfix: PostfixAgents?
  private let names: any DomainNameService

  /// A sendmail.cf with its files.
  /// - Parameter serves: whether clients of the network are served.
  package convenience init(
    _ installation: Installation, resolver: any DomainNameResolver, serves: Bool = true
  ) {
    let security = TransportSecurity(installation, serves: serves)
    self.init(installation, names: ResolvedNames(resolver), security: security)
  }

  /// - Parameter names: what the engines know of the DNS.
  package init(
    _ installation: Installation, names: any DomainNameService, security: TransportSecurity = .none
  ) {
    self.security = security
    let options = installation.program.options
    system = .sendmail(installation)
    engines = EnginePool { Self.makeRouter(installation, names) }
    postfix = nil
    self.names = names
    voice = .sendmail
    let router = installation.router()
    hostName = router.hostName
    silentStages = Self.silentStages(of: router)
    helpTopics = options.text("HelpFile").flatMap { HelpTopics.read(installation.root + $0, macro: router.macro) }
    (banner, withheld) = (nil, [])
    space = SpaceRule(options)
    let counted = ["client_rate", "client_connections", "total_rate"]
    let known = installation.program.file.names
    counts =
      counted.contains { known.known(Bytes($0.utf8)) != nil }
      ? ConnectionCounts(window: ConfiguredTime.seconds(options.text("ConnectionRateWindowSize"), unit: 1) ?? 60) : nil
    limits = ServerLimits(options)
    lifetimes = QueueLifetimes(options)
    patience = SessionPatience(options)
    mostHops = options.text("MaxHopCount").flatMap { Int($0) } ?? 25
    noticePolicy = NoticePolicy(options)
    eightBitMode = EightBitMode(options.text("EightBitMode"))
    defaultCharacterSet = Bytes((options.text("DefaultCharSet") ?? "unknown-8bit").utf8)
    privacy = PrivacyOptions(options)
    locks = LockPolicy()
  }

  /// A Postfix configuration folder.
  ///
  /// - Throws: a level of TLS that smtpd(8) does not start with.
  package convenience init(
    _ configuration: PostfixConfiguration, resolver: any DomainNameResolver, serves: Bool = true,
    report: @escaping (Diagnostic) -> Void
  ) throws(RuntimeError) {
    let security = try TransportSecurity(configuration, serves: serves)
    self.init(configuration, names: ResolvedNames(resolver), security: security, report: report)
  }

  /// - Parameter names: what the engine knows of the DNS.
  package init(
    _ configuration: PostfixConfiguration, names: any DomainNameService, security: TransportSecurity = .none,
    report: @escaping (Diagnostic) -> Void
  ) {
    self.security = security
    let smtpd = Self.smtpd(configuration)
    let router = PostfixRouter(configuration, names: names, report: report)
    system = .postfix(configuration, router)
    self.names = names
    engines = EnginePool { router }
    silentStages = Self.silentStages(of: router)
    postfix = PostfixAgents(configuration, router)
    voice = .postfix
    hostName = smtpd.value("myhostname")
    (helpTopics, counts) = (nil, nil)
    space = SpaceRule(smtpd)
    banner = smtpd.value("smtpd_banner")
    let keywords = Set(smtpd.list("smtpd_discard_ehlo_keywords").map { $0.lowercased.text })
    withheld = Set(ServerExtension.allCases.filter { keywords.contains($0.rawValue.lowercased()) })
    limits = ServerLimits(smtpd)
    lifetimes = QueueLifetimes(configuration.settings())
    patience = SessionPatience(smtpd)
    mostHops = smtpd.number("hopcount_limit", otherwise: 50)
    noticePolicy = NoticePolicy(configuration.settings())
    (eightBitMode, defaultCharacterSet) = (.pass, [])
    privacy = PrivacyOptions(smtpd)
    locks = LockPolicy(configuration.settings())
  }

  /// What is wrong with the files of the maps of a .cf, as who runs now. What is asked of them
  /// is put off meanwhile. Those of a main.cf were opened when it was read.
  var mapFaults: [Diagnostic] {
    guard case .sendmail(let installation) = system else { return [] }
    let engine = Self.makeRouter(installation, names).engine
    engine.openMaps()
    return engine.mapFaults
  }

  /// An engine for one thread.
  func makeRouter() -> any MailRouter {
    switch system {
    case .sendmail(let installation): Self.makeRouter(installation, names)
    case .postfix(_, let router): router
    }
  }

  private static func makeRouter(
    _ installation: Installation, _ names: any DomainNameService
  ) -> SendmailRouter {
    installation.router { names.host($0) != .noSuchName }
  }

  /// Whether the answer is yes, whoever asks.
  func isSilent(about question: ServerQuestion) -> Bool {
    switch question {
    case .connection: silentStages.contains(.connection)
    case .helo: silentStages.contains(.helo)
    case .secured: voice == .postfix
    default: false
    }
  }

  private static func silentStages(of router: any MailRouter) -> Set<EnvelopeAnswer.Stage> {
    Set(EnvelopeAnswer.Stage.allCases.filter(router.isSilent))
  }

  /// How the server speaks to one client.
  func serverSettings(for client: Client, isLMTP: Bool, now: Int) -> ServerSettings {
    let date = MailDates.sendmail(now)
    var settings = ServerSettings(
      voice: voice, hostName: hostName, date: date, dialect: isLMTP ? .lmtp : .smtp)
    settings.limits = limits
    settings.helpTopics = helpTopics
    if let banner, !isLMTP { settings.banner = banner }
    settings.offered.insert(.remoteQueue)
    if security.offer.isListed { settings.offered.insert(.startTLS) }
    settings.isTLSBroken = security.offer.served == nil
    // Refused to nobody who knows of it.
    settings.offered.subtract(withheld)
    privacy.apply(to: &settings)
    settings.requiresTLS = security.offer.isRequired
    switch system {
    case .sendmail(let installation): installation.program.options.apply(to: &settings, date: date)
    case .postfix(let configuration, let router):
      settings.allowsXCLIENT = router.allowsXCLIENT(client)
      Self.smtpd(configuration).apply(to: &settings, judgesBareNewlines: router.judgesBareNewlines(of: client))
    }
    return settings
  }

  private static func smtpd(_ configuration: PostfixConfiguration) -> Settings {
    configuration.settings(for: configuration.master.firstService(running: "smtpd", type: "inet"))
  }
}

extension ServerLimits {
  fileprivate init(_ options: CFOptions) {
    self = .defaults(of: .sendmail)
    func number(_ name: String) -> Int? { options.text(name).flatMap { Int($0) } }
    message = max(0, number("MaxMessageSize") ?? 0)
    recipients = max(0, number("MaxRecipientsPerMessage") ?? 0)
    header = max(0, number("MaxHeadersLength") ?? header)
    refusedRecipients = max(0, number("BadRcptThrottle") ?? 0)
  }

  fileprivate init(_ smtpd: Settings) {
    self = .defaults(of: .postfix)
    message = smtpd.number("message_size_limit", otherwise: message)
    recipients = smtpd.number("smtpd_recipient_limit", otherwise: recipients)
    commandLine = smtpd.number("line_length_limit", otherwise: commandLine)
    // cleanup(8) counts its own Received: line, and refuses what reaches the limit.
    hops = max(1, smtpd.number("hopcount_limit", otherwise: hops) - 2)
    errors = smtpd.number("smtpd_hard_error_limit", otherwise: errors)
    errorsBeforeDelay = smtpd.number("smtpd_soft_error_limit", otherwise: errorsBeforeDelay)
    errorDelaySeconds =
      ConfiguredTime.seconds(smtpd.value("smtpd_error_sleep_time").text, unit: 1) ?? errorDelaySeconds
    junkCommands = smtpd.number("smtpd_junk_command_limit", otherwise: junkCommands)
  }
}

extension LockPolicy {
  fileprivate init(_ settings: Settings) {
    self.init()
    let names = settings.value("mailbox_delivery_lock").split { $0 == 0x2C || $0 == 0x20 || $0 == 0x09 }.map(Array.init)
    dotLock = names.contains(Bytes(ascii: "dotlock")) ? .required : .none
    usesFcntl = names.contains(Bytes(ascii: "fcntl"))
    usesFlock = names.contains(Bytes(ascii: "flock"))
    let attempts = settings.number("deliver_lock_attempts", otherwise: 20)
    let delay = ConfiguredTime.seconds(settings.value("deliver_lock_delay").text, unit: 1) ?? 1
    waitSeconds = Double(max(0, attempts)) * Double(max(0, delay))
    staleSeconds = ConfiguredTime.seconds(settings.value("stale_lock_time").text, unit: 1) ?? staleSeconds
  }
}
