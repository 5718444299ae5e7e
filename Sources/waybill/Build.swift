// Build.swift: the command line of `waybill build`.

import ArgumentParser

struct Build: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", _superCommandName: Waybill.name,
    abstract: "Compile a .mc file to sendmail.cf with its tables, or a site.yaml to all hosts of an organisation.",
    discussion: """
      Nothing is written when the file has an error. Each file is written aside and \
      renamed when it is complete, so that a running system never reads half of one.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("The site file.", valueName: "file.mc|site.yaml"))
  var file: String

  @ArgumentParser.Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Where the results go; default: beside the file.", valueName: "folder"))
  var output: String?

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "The texts of the tables; stands in for /etc/mail. Databases are built from them.", valueName: "folder"))
  var tables: String?

  @ArgumentParser.Flag(help: "Write the Postfix side too, into the folder postfix of the output.")
  var postfix = false

  @ArgumentParser.Option(
    help: ArgumentHelp("For --postfix: the name that the host gives itself.", valueName: "name"))
  var host: String?

  @ArgumentParser.Flag(
    name: .customLong("validate"),
    help: "Send envelopes through the mail system under what was built, and see that they go where its engine says.")
  var isValidated = false

  @ArgumentParser.Flag(help: "Print the .cf alone, and write nothing.")
  var stdout = false

  @OptionGroup var ruleOptions: RuleOptions

  @OptionGroup var compilerOptions: CompilerOptions

  func validate() throws {
    if isValidated, stdout { throw ValidationError("--validate runs what is written; --stdout writes nothing") }
    if stdout, ruleOptions.rule { throw ValidationError("-M prints the rule and no configuration; -MD writes both") }
    if stdout, ruleOptions.ruleToo, ruleOptions.ruleFile == nil {
      throw ValidationError("-MD with --stdout needs -MF, the file of the rule")
    }
  }

  func run() throws {
    var job = BuildJob(file: file)
    (job.output, job.tables, job.host) = (output, tables, host)
    (job.postfix, job.stdout, job.options) = (postfix, stdout, compilerOptions.settings)
    job.isValidated = isValidated
    job.rule = ruleOptions.request
    try job.isOfSite ? SiteBuild(job).run() : job.run()
  }
}
