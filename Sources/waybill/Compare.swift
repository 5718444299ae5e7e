// Compare.swift: `waybill compare`, the same envelopes through two configurations.

import ArgumentParser
import Diagnostics
import Equivalence
import LiveProof
import MTA
import Posix
import Routing

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", _superCommandName: Waybill.name,
    abstract: "Put the same envelopes to two configurations, and show where they differ.",
    discussion: """
      Each side is a sendmail.cf, a .mc file, a main.cf, or the folder of one. Envelopes are \
      made from the keys of the tables, the members of classes and lists, and the usual \
      forms of addresses; an edit that matters to one of them is found.

      A table's text counts where it is newer than its database. The DNS is not asked: every \
      name is taken to exist, unless it ends in .invalid.

      What no envelope shows (limits, times, ports, headers, the way into mailboxes) is \
      compared as text; a sendmail.cf counts as what it would become in Postfix.

      With --live the envelopes are sent through the mail system as well, which runs under \
      the one configuration and then under the other, on loopback and with a recorder behind \
      it: replies, next hops, addresses and headers are compared, and both must have done \
      what their engines said.

      Exit status: 0 when all answers and settings are alike, 1 when some differ.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("The first configuration.", valueName: "one"))
  var one: String

  @ArgumentParser.Argument(help: ArgumentHelp("The second configuration.", valueName: "other"))
  var other: String

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "Stands in for /etc/mail; default: the folder of the .cf or .mc, unless --root is given.", valueName: "folder"))
  var tables: String?

  @ArgumentParser.Option(
    help: ArgumentHelp("Host name for configurations that do not say their own.", valueName: "name"))
  var host: String?

  @ArgumentParser.Option(help: ArgumentHelp("Ask for this recipient, too; may be repeated.", valueName: "address"))
  var recipient: [String] = []

  @ArgumentParser.Option(help: ArgumentHelp("The envelope sender of --recipient.", valueName: "address"))
  var sender = "sender@example.net"

  @ArgumentParser.Option(
    help: ArgumentHelp("Client of --recipient; without it this host.", valueName: "ip"))
  var client: ClientAddress?

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "Ask these, too: lines of SENDER RECIPIENT [IP [NAME]]; <> is the null sender.", valueName: "file"))
  var envelopes: String?

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "Make at most so many envelopes from the configurations; default: 20000, of which --live sends 1000.",
      valueName: "number"))
  var limit: Int?

  @ArgumentParser.Flag(help: "Send the envelopes through the mail system as well, under both.")
  var live = false

  @ArgumentParser.Option(
    help: ArgumentHelp("Show at most so many differences of a kind with their traces.", valueName: "number"))
  var show = 1

  @ArgumentParser.Flag(
    help: "Show each rule and look-up of a trace, not only those that decide. --json always has them all.")
  var allSteps = false

  @OptionGroup var compilerOptions: CompilerOptions

  private var options: CompilerSettings { compilerOptions.settings }

  func run() throws {
    var place = ConfigurationPlace(options: options, tables: tables)
    try place.check()
    let found = (try place.find(one), try place.find(other))
    if let name = host ?? place.statedHostName([found.0, found.1]) { place.hostName = name }
    let accounts = place.settingsFolder(of: found.0) ?? place.settingsFolder(of: found.1) ?? place.tables
    let first = try place.open(found.0, named: one, accounts: accounts)
    let second = try place.open(found.1, named: other, accounts: accounts)
    let own = try ownQuestions()
    let comparison = Comparison.compare(first, second, own: own, limit: max(limit ?? 20_000, 0))
    let sent = Comparison.questions(for: [first, second], limit: live ? max(limit ?? 1000, 0) : 0)
    let proof = live ? try runLive(first, second, own + sent) : nil
    let text = ComparisonText(comparison, first, second, examples: max(show, 0), showsAllSteps: allSteps)
    let liveText = LiveText(examples: max(show, 0))
    if options.json {
      try writeOutput(text.json(with: proof.map(liveText.object)))
    } else {
      try writeOutput(text.text + (proof.map { "\n" + liveText.text($0, first, second) } ?? ""))
    }
    try place.showFaults(of: [first, second])
    if !comparison.isAlike || !(proof?.isProof ?? true) { throw ExitCode(1) }
  }

  private func runLive(
    _ one: MailSystem, _ other: MailSystem, _ questions: [Question]
  ) throws -> LiveComparison {
    do throws(RuntimeError) {
      return try LiveComparison.run(one, other, LiveRun.bySMTP(questions))
    } catch {
      throw reported(error, options)
    }
  }

  /// The questions of the command line and of --envelopes.
  private func ownQuestions() throws -> [Question] {
    let client = client?.client ?? .localhost
    let named = recipient.map {
      Question(
        Envelope(client: client, sender: Array(sender.utf8), recipients: [Array($0.utf8)]), because: "--recipient")
    }
    guard let envelopes else { return named }
    return named + (try read(envelopes))
  }

  private func read(_ file: String) throws -> [Question] {
    let report = Report(isJSON: options.json)
    let text: [UInt8]
    do throws(Errno) { text = try readFile(file) } catch {
      report.show([Diagnostic(.error, .init(.cannotRead, "cannot read \(file): \(error)"))])
      throw ExitCode(ExitStatus.noInput.rawValue)
    }
    var questions: [Question] = []
    for (index, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let words = line.prefix { $0 != 0x23 }
      if words.allSatisfy({ $0 <= 0x20 }) { continue }
      guard let question = Question(line: Array(words), because: "\(file):\(index + 1)") else {
        report.show([
          Diagnostic(
            .error,
            .init(
              .badEnvelopeLine, "no envelope: \(String(decoding: line, as: UTF8.self))",
              fix: "write SENDER RECIPIENT [IP [NAME]], for instance: <> postmaster@example.org 192.0.2.1"),
            at: SourcePosition(file: file, line: index + 1, column: 1))
        ])
        throw ExitCode(ExitStatus.dataError.rawValue)
      }
      questions.append(question)
    }
    return questions
  }
}
