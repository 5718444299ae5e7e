// Invocation.swift: sendmail's command line, read.
//
// The grammar, the words and the statuses are those of sendmail 8.17. An option that means
// nothing here any more is read and passed over, as the original does with its obsolete ones.

import MTA
import MailAddress
import Options
import Posix
import SendmailCF
import TestMode

enum SendmailOption: Sendable, Equatable {
  case configurationKind, mode, body, configuration, debugFile, debug, fullName, sender, relayed, hops
  case rebuild, ignoreDots, tag, macro, notify, option, shortOption, protocolName, quarantine, queueRun
  case returned, fromHeader, verbose, envelopeID, traffic, submission, ignored, ignoredWithValue, errorMode
}

/// The help is what `--help` prints; options without it are read for the sake of old scripts.
let sendmailOptions = OptionTable<SendmailOption>(
  .letters,
  sections: [
    OptionTable.Section(
      "Messages:",
      [
        Option(.fromHeader, "t", help: "recipients are in To, Cc and Bcc, too"),
        Option(.ignoreDots, "i", help: "a line with one dot does not end the message"),
        Option(.sender, "fr", value: .required("address"), help: "who the envelope is from"),
        Option(.fullName, "F", value: .required("name"), help: "the sender's full name"),
        Option(.body, "B", value: .required("type"), help: "7BIT or 8BITMIME"),
        Option(.hops, "h", value: .required("count"), help: "hosts that the message has passed"),
        Option(.notify, "N", value: .required("conditions"), help: "never, or success, failure, delay by commas"),
        Option(.returned, "R", value: .required("part"), help: "what a notice returns: full or hdrs"),
        Option(.envelopeID, "V", value: .required("id"), help: "the envelope's name in notices"),
        Option(.errorMode, "e", value: .required("mode"), help: "errors: p printed, q quiet, m e w mailed"),
        Option(.verbose, "v", help: "say how each attempt ends"),
        Option(.traffic, "X", value: .required("file"), help: "add what is read and said to a file"),
      ]),
    OptionTable.Section(
      "Modes:",
      [
        Option(
          .mode, "b", value: .required("mode"),
          help: "m deliver, s SMTP, v verify, i aliases, p list, P count, t test, d D daemon, C check, O options"),
        Option(.rebuild, "I", help: "as -bi"),
        Option(
          .queueRun, "q", value: .optional("time"),
          help: "run the queue now or each TIME; f, p, I R S Q with a text, ! for the others"),
        Option(.quarantine, "Q", value: .optional("reason"), help: "quarantine what is queued; no reason: release"),
      ]),
    OptionTable.Section(
      "Configuration:",
      [
        Option(.configuration, "C", value: .required("file"), help: "sendmail.cf, main.cf or its folder"),
        Option(.configurationKind, "A", value: .required("c|m"), help: "c: submit.cf where there is no -C"),
        Option(.option, "O", value: .required("option=value"), help: "set an option by its name"),
        Option(.shortOption, "o", value: .required("xvalue"), help: "set an option by its letter"),
        Option(.macro, "M", value: .required("xvalue"), help: "set a macro"),
        Option(.debug, "d", value: .optional("level"), help: "0.1 and 0.4: who this host is; more with -bt"),
      ]),
    OptionTable.Section(
      "",
      [
        Option(.debugFile, "D", value: .required("file")), Option(.relayed, "G"),
        Option(.tag, "L", value: .required("tag")), Option(.protocolName, "p", value: .required("protocol")),
        Option(.submission, "U"), Option(.ignored, "cmns"), Option(.ignoredWithValue, "T", value: .required("time")),
      ]),
  ])

/// What a command line asks for.
struct Invocation {
  enum Mode: UInt8 {
    case deliver = 0x6D
    case daemon = 0x64
    case foreground = 0x44
    case checkConfiguration = 0x43
    case newAliases = 0x69
    case printQueue = 0x70
    case countQueue = 0x50
    case smtp = 0x73
    case test = 0x74
    case verify = 0x76
    case queueRun = 0x71
    case hostStatus = 0x68
    case purgeStatus = 0x48
    case showOptions = 0x4F
  }

  /// `-q` and what stands behind it.
  struct QueueRun {
    /// Seconds between two runs; nil for one run now.
    var interval: Int?
    var selection: [QueueSelection] = []
    /// The quarantined ones, and not the others.
    var isQuarantined = false
    /// What damage has left.
    var isLost = false
    var isForeground = false
    /// Of a group that there is not.
    var isNowhere = false
  }

  struct Failure: Error {
    let text: String
    let status: ExitStatus
    /// Where the original says it.
    var output: Int32 = 1
    /// The original notes it, reads the message and then does not send it.
    var readsMessage = false
  }

  var name = "sendmail"
  var words: [String] = []
  var mode = Mode.deliver
  var configuration: String?
  var usesSubmitConfiguration = false
  var options: [(name: String, value: Bytes)] = []
  var macros: [(name: String, value: Bytes)] = []
  var recipients: [Bytes] = []
  var sender: Bytes?
  var fullName: Bytes?
  var hops = 0
  /// `-B`, as written.
  var body: Bytes = []
  var ignoresDots = false
  var takesHeaderRecipients = false
  var isVerbose = false
  /// `-ba`: problems are told with their codes.
  var showsCodes = false
  var debug = DebugLevels()
  var asksForHelp = false
  /// Gets what is read and said.
  var trafficFile: String?
  var notify: Bytes?
  var returned: Bytes?
  var envelopeID: Bytes?
  var queueRun: QueueRun?
  /// Nil where nothing is to be quarantined; empty to let go.
  var quarantine: Bytes?
  /// Told first; the first one with a status ends the command.
  var failures: [Failure] = []

  static func read(_ words: [String]) -> Invocation {
    var result = Invocation()
    result.words = words
    result.name = words.first.flatMap { $0.split(separator: "/").last.map(String.init) } ?? "sendmail"
    let shortName = result.name.split(separator: "-").last.map(String.init) ?? result.name
    let modes: [String: Mode] = [
      "newaliases": .newAliases, "mailq": .printQueue, "smtpd": .daemon, "hoststat": .hostStatus,
      "purgestat": .purgeStatus,
    ]
    if let mode = modes[shortName] { result.mode = mode }
    result.asksForHelp = words.dropFirst() == ["--help"]
    // Options stand before the addresses.
    for event in sendmailOptions.parse(arguments(), operandsEndOptions: true) {
      switch event {
      case .operand(let word): result.recipients.append(word)
      case .option(let option, let value): result.take(option, value ?? [])
      case .fault(let fault): result.complain(fault)
      }
    }
    return result
  }

  /// Whatever begins with two dashes ends the options.
  private static func arguments() -> [Bytes] {
    commandLineArguments().map { $0.starts(with: Bytes(ascii: "--")) ? Bytes(ascii: "--") : $0 }
  }

  private mutating func complain(_ fault: OptionFault) {
    let text: String =
      switch fault {
      case .unknownLetter(let letter): "illegal option -- \([letter].text)"
      case .letterNeedsValue(let letter): "option requires an argument -- \([letter].text)"
      default: fault.message.text
      }
    failures.append(Failure(text: "\(words.first ?? name): \(text)", status: .usage, output: 2))
  }

  private mutating func fail(_ text: String, _ status: ExitStatus = .usage) {
    failures.append(Failure(text: text, status: status))
  }

  private mutating func take(_ option: SendmailOption, _ value: Bytes) {
    switch option {
    case .configurationKind:
      usesSubmitConfiguration = value == [0x63]
    case .mode: setMode(value)
    case .body: setBody(value)
    case .configuration: configuration = value.text
    case .fullName: fullName = value
    case .sender:
      if sender != nil { fail("More than one \"from\" person") }
      sender = value
    case .hops:
      guard let number = value.isEmpty ? 0 : Int32(value.text) else { return fail("Bad hop count (\(value.text))") }
      hops = max(0, Int(number))
    case .rebuild: mode = .newAliases
    case .ignoreDots: ignoresDots = true
    case .macro: setMacro(value)
    case .notify: setNotify(value)
    case .option: setOption(value, "O ")
    case .shortOption: setOption(value, "O")
    case .errorMode: setOption(Bytes(ascii: "e") + value, "O")
    case .quarantine:
      quarantine = value
      if mode == .deliver { mode = .queueRun }
    case .queueRun: setQueueRun(value)
    case .returned:
      guard returned == nil else { return fail("Duplicate -R flag") }
      returned = value.lowercased
      if ![Bytes(ascii: "full"), Bytes(ascii: "hdrs")].contains(value.lowercased) { fail("Invalid -R value") }
    case .fromHeader: takesHeaderRecipients = true
    case .verbose: isVerbose = true
    case .envelopeID:
      guard let decoded = Xtext.decode(value) else { return fail("Invalid syntax in -V flag") }
      envelopeID = decoded.isEmpty ? nil : decoded
    case .traffic: trafficFile = value.text
    case .debug: debug.set(value)
    // It is no option any more, and says nothing.
    case .submission: failures.append(Failure(text: "", status: .usage))
    case .debugFile, .tag, .relayed, .protocolName, .ignored, .ignoredWithValue: break
    }
  }

  private mutating func setMode(_ value: Bytes) {
    mode = .deliver
    guard let letter = value.first else { return fail("Invalid operation mode ") }
    switch Mode(rawValue: letter) {
    case let mode? where mode != .queueRun: self.mode = mode
    case nil where letter == 0x7A: fail("Frozen configurations unsupported")
    case nil where letter == 0x61: showsCodes = true
    default: fail("Invalid operation mode \([letter].text)")
    }
  }

  private mutating func setBody(_ value: Bytes) {
    guard ["7bit", "8bitmime"].contains(value.lowercased.text) else {
      return fail("Illegal body type \(value.text)")
    }
    body = value
  }

  private mutating func setNotify(_ value: Bytes) {
    let words = value.lowercased.split(separator: .comma).map { Bytes($0).text }
    guard words == ["never"] || (!words.isEmpty && words.allSatisfy { ["success", "failure", "delay"].contains($0) })
    else { return fail("Invalid -N argument") }
    notify = value
  }

  private mutating func setMacro(_ text: Bytes) {
    var names = MacroNames()
    let reading = names.read(text[...])
    for problem in reading.faults.flatMap(CFProblem.badName) { fail(problem.wording.text, problem.exitStatus) }
    guard let number = reading.number else { return }
    macros.append((names.name(number).text, Bytes(text[reading.end...])))
  }

  /// Reads an option as a line of the .cf.
  private mutating func setOption(_ text: Bytes, _ beginning: String) {
    let file = CFReader.read(Bytes("V10/Berkeley\n\(beginning)".utf8) + text, name: "")
    for finding in file.findings {
      let isTime = finding.problem.wording.starts(with: Bytes(ascii: "Invalid time unit"))
      failures.append(
        Failure(
          text: finding.problem.wording.text, status: isTime ? .usage : finding.problem.exitStatus,
          readsMessage: isTime))
    }
    for option in file.options {
      let name = option.part.map { option.name + "." + $0.text } ?? option.name
      options.append((name, option.value.text(file.names)))
    }
  }

  // MARK: the queue

  private mutating func setQueueRun(_ value: Bytes) {
    var run = queueRun ?? QueueRun()
    defer { queueRun = run }
    if mode == .deliver { mode = .queueRun }
    let isNegated = value.first == .bang
    let rest = isNegated ? value.dropFirst() : value[...]
    guard let letter = rest.first else { return }
    let text = Bytes(rest.dropFirst())
    switch letter {
    case 0x66: run.isForeground = true
    case 0x70: run.interval = interval(text.isEmpty ? Bytes(ascii: "1m") : text)
    case 0x47:
      if !text.equalsIgnoringCase(Bytes(ascii: "mqueue")) {
        fail("Queue group \(text.text) unknown", .ok)
        run.isNowhere = true
      }
    case 0x51:
      run.isQuarantined = true
      if !text.isEmpty { run.selection.append(QueueSelection(.reason, text, isNegated: isNegated)) }
    case 0x4C: run.isLost = true
    default:
      if let subject = QueueSelection.Subject(rawValue: letter) {
        run.selection.append(QueueSelection(subject, text, isNegated: isNegated))
      } else {
        if rest.first == 0x2D { return fail("Invalid -q value") }
        run.interval = interval(Bytes(rest)).flatMap { $0 > 0 ? $0 : nil }
      }
    }
  }

  /// `1h30m`; minutes where there is no unit.
  private mutating func interval(_ text: Bytes) -> Int? {
    if let unit = text.first(where: { !$0.isDigit && !"smhdw".utf8.contains($0.lowercased) }) {
      fail("Invalid time unit `\([unit].text)'")
      return nil
    }
    return configuredSeconds(text.text, unit: 60)
  }
}

extension CFProblem {
  fileprivate var exitStatus: ExitStatus { ExitStatus(rawValue: status) ?? .software }
}
