// SharedOptions.swift: the options that several subcommands have.

import ArgumentParser

/// How a site file is compiled, as it is written.
struct CompilerOptions: ParsableArguments {
  @ArgumentParser.Option(
    help: ArgumentHelp("The m4 library to use, ours or sendmail's own.", valueName: "folder"))
  var library: String?

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "Look absolute paths such as /etc/mail/access up below this folder.", valueName: "folder"))
  var root: String?

  @ArgumentParser.Option(
    name: [.customShort("D"), .long],
    help: ArgumentHelp("Define an m4 macro first.", valueName: "name[=value]"))
  var define: [String] = []

  @ArgumentParser.Flag(help: "Let the file run shell commands and write files.")
  var allowExec = false

  @ArgumentParser.Option(help: ArgumentHelp("Let the file include what is below this folder.", valueName: "folder"))
  var allowInclude: [String] = []

  @ArgumentParser.Option(
    help: ArgumentHelp("Stop compiling after so much processor time; default: 10.", valueName: "seconds"))
  var maxTime: Int?

  @ArgumentParser.Option(
    help: ArgumentHelp("Stop compiling after so many macro calls; default: 10000000.", valueName: "number"))
  var maxExpansions: Int?

  @ArgumentParser.Option(
    help: ArgumentHelp("Let calls nest so deep at most; default: 20000.", valueName: "number"))
  var maxNesting: Int?

  @ArgumentParser.Option(
    help: ArgumentHelp("Let compiling take so much memory at most; default: 512.", valueName: "megabytes"))
  var maxMemory: Int?

  @ArgumentParser.Option(
    help: ArgumentHelp("Let the file give so much text at most; default: 256.", valueName: "megabytes"))
  var maxOutput: Int?

  @ArgumentParser.Flag(help: "Answer and complain as JSON, one object a line.")
  var json = false

  @ArgumentParser.Flag(help: "Tell findings as annotations of GitHub Actions, too.")
  var annotations = false

  func validate() throws {
    let bounds = [maxTime, maxExpansions, maxNesting, maxMemory, maxOutput]
    guard bounds.allSatisfy({ $0.map { (1...1_000_000_000).contains($0) } ?? true }) else {
      throw ValidationError("a limit is a number from 1 to 1000000000")
    }
  }

  var settings: CompilerSettings {
    var settings = CompilerSettings()
    settings.readableFolders = allowInclude
    if let maxTime { settings.limits.seconds = maxTime }
    if let maxExpansions { settings.limits.expansions = maxExpansions }
    if let maxNesting { settings.limits.depth = min(maxNesting, 250_000) }
    if let maxMemory { settings.limits.memory = maxMemory << 20 }
    if let maxOutput { settings.limits.output = maxOutput << 20 }
    (settings.library, settings.root, settings.define) = (library, root, define)
    (settings.allowExec, settings.json, settings.annotations) = (allowExec, json, annotations)
    return settings
  }
}
