// Setup.swift: the command line of `waybill setup`.

import ArgumentParser

struct SetupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup", _superCommandName: Waybill.name,
    abstract: "Ask what a host is to do with mail, and write its sendmail configuration.",
    discussion: """
      At each question ? helps, < goes back, and the Enter key takes what is proposed. What would change is shown \
      before anything is written; Ctrl-C leaves all as it was. The files are in /etc/mail, and what they replace is \
      kept there in setup-backups.
      """)

  @ArgumentParser.Option(help: ArgumentHelp("Take the answers from this file, and ask nobody.", valueName: "file.yaml"))
  var answers: String?

  @ArgumentParser.Option(help: ArgumentHelp("Write the answers to this file.", valueName: "file.yaml"))
  var writeAnswers: String?

  @ArgumentParser.Flag(help: "Show what would change, and change nothing.")
  var dryRun = false

  @ArgumentParser.Flag(help: "Take back what setup wrote last.")
  var rollback = false

  @ArgumentParser.Flag(help: "Do not offer to reload the running sendmail.")
  var noReload = false

  @OptionGroup var compilerOptions: CompilerOptions

  func validate() throws {
    if rollback, answers != nil || writeAnswers != nil || dryRun {
      throw ValidationError("--rollback takes back what was written, and goes with none of the others")
    }
    if compilerOptions.json, answers == nil { throw ValidationError("--json goes with --answers: nobody is asked") }
  }

  func run() throws {
    let job = SetupJob(
      answersFile: answers, recordFile: writeAnswers, isDry: dryRun, skipsReload: noReload,
      options: compilerOptions.settings)
    try rollback ? job.takeBack() : job.run()
  }
}
