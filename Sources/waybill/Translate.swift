// Translate.swift: `waybill translate`, a sendmail installation to Postfix.

import ArgumentParser
import Diagnostics
import MCCompiler
import Posix
import SendmailCF
import Translation

struct Translate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translate", _superCommandName: Waybill.name,
    abstract: "Translate a sendmail installation to a Postfix configuration, with a report.",
    discussion: """
      The folder holds sendmail.mc, or sendmail.cf alone, and the tables. With --root it is \
      a path of the old system, looked up below that root.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("The installation, usually /etc/mail.", valueName: "folder"))
  var installation: String

  @ArgumentParser.Option(
    name: [.customShort("o"), .long], help: ArgumentHelp("Where the Postfix files go.", valueName: "folder"))
  var output: String

  @ArgumentParser.Option(
    help: ArgumentHelp("The name that the host gives itself (hostname --fqdn).", valueName: "name"))
  var host: String?

  @OptionGroup var compilerOptions: CompilerOptions

  private var options: CompilerSettings { compilerOptions.settings }

  func run() throws {
    let folder = options.place(of: installation)
    let report = Report(isJSON: options.json)
    let site = folder + "/sendmail.mc"
    let ready = folder + "/sendmail.cf"
    var configuration: [UInt8]
    var calls: [SiteCall] = []
    var name = ready
    if isReadable(site) {
      let compilation = try compile(site, options, settingsFolder: folder)
      configuration = compilation.configuration
      calls = compilation.calls
      name = "sendmail.cf"
    } else {
      do throws(Errno) { configuration = try readFile(ready) } catch {
        report.show([
          Diagnostic(
            .error,
            .init(
              .cannotRead, "\(folder) holds neither sendmail.mc nor sendmail.cf: \(error)",
              fix: "name the folder that holds one of them"))
        ])
        throw ExitCode(ExitStatus.noInput.rawValue)
      }
    }
    let postfix = PostfixOutput(folder: output, report: report, hostName: host ?? options.hostBelowRoot)
    var staged = StagedOutput(report)
    let result = try postfix.write(
      CFReader.read(configuration, name: name), calls: calls,
      tables: TableSource(folder: folder, root: options.root), to: &staged)
    try staged.putIntoPlace()
    try writeOutput(options.json ? result.report.json : postfix.summary(result))
  }
}
