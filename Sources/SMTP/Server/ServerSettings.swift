// ServerSettings.swift: what a server offers and where it stops.
//
// docs/smtp-limits.md has the limits as a table, with the names that sendmail and
// Postfix give them.

import MailAddress
import Routing

/// What EHLO may list.
package enum ServerExtension: String, Sendable, CaseIterable {
  case pipelining = "PIPELINING"
  case size = "SIZE"
  case eightBitMIME = "8BITMIME"
  case enhancedStatusCodes = "ENHANCEDSTATUSCODES"
  case statusNotices = "DSN"
  case startTLS = "STARTTLS"
  case verify = "VRFY"
  case expand = "EXPN"
  case remoteQueue = "ETRN"
  case help = "HELP"
  case xclient = "XCLIENT"
}

/// Where a server stops. 0 is no limit.
package struct ServerLimits: Sendable, Equatable {
  /// Bytes of a command line, without its end.
  package var commandLine = 2048
  /// Bytes of a line of text, without its end.
  package var textLine = 0
  /// Bytes of a message's header.
  package var header = 0
  /// Bytes of a message, header included.
  package var message = 0
  package var recipients = 0
  /// Received: lines.
  package var hops = 0
  /// So many bad commands are answered; then the connection is closed.
  package var errors = 20
  /// After so many each further one is answered late.
  package var errorsBeforeDelay = 10
  package var errorDelaySeconds = 1
  /// So many NOOP, RSET, VRFY and ETRN a message; each further one counts as an error.
  package var junkCommands = 0
  /// After so many refused recipients each further reply is late.
  package var refusedRecipients = 0
  /// Commands that are answered late when they come this often; later each time.
  package var repeats: [SMTPCommand: Int] = [:]

  package init() {}

  /// As each program has it where its configuration says nothing.
  package static func defaults(of voice: Voice) -> ServerLimits {
    var limits = ServerLimits()
    switch voice {
    case .sendmail:
      limits.header = 32768
      limits.errors = 25
      limits.errorsBeforeDelay = 0
      limits.repeats = [.noop: 20, .hello: 3, .verify: 6, .remoteQueue: 8]
    case .postfix:
      limits.message = 10_240_000
      limits.recipients = 1000
      limits.hops = 50
      limits.junkCommands = 100
    }
    return limits
  }
}

package struct ServerSettings: Sendable {
  package enum Dialect: Sendable {
    case smtp, lmtp
  }

  /// What becomes of an LF without a CR before it; commands may end so but where Postfix refuses it.
  package enum BareLineFeeds: Sendable, Equatable {
    /// In a message: the session is ended (sendmail).
    case disconnect
    /// The end of a line of text. Only CR LF `.` CR LF ends a message, or where `endsMessage`, LF `.` LF
    /// one whose first line ended so: nothing can be smuggled behind a message of a host that knows CR LF.
    case taken(endsMessage: Bool)
    /// smtpd_forbid_bare_newline = reject: in a command the session is ended, a message is refused.
    case refused(code: Int)

    var inText: DataDecoder.LoneEnds {
      switch self {
      case .disconnect: .faults
      case .taken(endsMessage: true): .lines
      case .taken, .refused: .mended
      }
    }
  }

  package let dialect: Dialect
  package var wording: ServerWording
  package var hostName: Bytes
  /// What follows 220.
  package var banner: Bytes
  package var limits: ServerLimits
  package var offered: Set<ServerExtension> = [
    .pipelining, .size, .eightBitMIME, .enhancedStatusCodes, .statusNotices, .verify, .help,
  ]
  /// What is not offered, and refused to who asks all the same.
  package private(set) var withheld: Set<ServerExtension> = []
  /// What HELP tells of each topic, by its name in small letters; nil where there is no help file.
  package var helpTopics: [Bytes: [Bytes]]?
  /// MAIL needs HELO or EHLO first.
  package var requiresGreeting = false
  /// These need it, too: VRFY, EXPN.
  package var greetedCommands: Set<SMTPCommand> = []
  /// A name of HELO may be none (AllowBogusHELO).
  package var takesBogusGreetings = false
  /// smtpd_reject_footer: a line behind every refusal, or with `\c` before it the end of its text.
  package var refusalFooter: Bytes = []
  /// smtpd_noop_commands, in capital letters.
  package var idleCommands: Set<String> = []
  /// Nobody is told who is here.
  package var refusesVerify = false
  package var refusesExpand = false
  /// Nothing but greetings before STARTTLS.
  package var requiresTLS = false
  /// STARTTLS is listed, and there is no key for it (Postfix).
  package var isTLSBroken = false
  package var bareLineFeeds: BareLineFeeds
  /// Whoever sends more with a greeting or DATA, before the answer, gets no mail in (sendmail).
  package var refusesSpeakingAhead: Bool
  /// This client may say that it speaks for another one.
  package var allowsXCLIENT = false
  /// Words that only a program which takes us for something else says; the connection is closed.
  package var forbiddenCommands: [String] = []
  /// So is it for a command that begins with no letter (Postfix).
  package var forbidsOtherThanLetters = false

  package init(voice: Voice, hostName: Bytes, date: Bytes = [], dialect: Dialect = .smtp) {
    wording = .of(voice)
    self.dialect = dialect
    self.hostName = hostName
    banner = wording.banner(host: hostName, date: date, dialect: dialect)
    limits = .defaults(of: voice)
    switch voice {
    case .sendmail:
      (bareLineFeeds, refusesSpeakingAhead) = (.disconnect, true)
      forbiddenCommands = ["CONNECT", "GET", "POST", "USER"]
      offered.insert(.expand)
    case .postfix:
      (bareLineFeeds, refusesSpeakingAhead) = (.taken(endsMessage: true), false)
      forbiddenCommands = ["CONNECT", "GET", "POST"]
      forbidsOtherThanLetters = true
    }
  }

  package mutating func withhold(_ extensions: Set<ServerExtension>) {
    withheld.formUnion(extensions)
    offered.subtract(extensions)
    if extensions.contains(.expand) { refusesExpand = true }
    if extensions.contains(.xclient) { allowsXCLIENT = false }
  }

  var parameters: OfferedParameters {
    var result = OfferedParameters()
    result.hasSize = offered.contains(.size)
    result.hasEightBit = offered.contains(.eightBitMIME)
    result.hasStatusNotices = offered.contains(.statusNotices)
    result.sizeLimit = limits.message
    result.isLenient = wording.voice == .sendmail
    return result
  }
}
