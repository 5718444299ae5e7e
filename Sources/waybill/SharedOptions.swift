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

  @ArgumentParser.Flag(help: "Let the file run shell commands.")
  var allowExec = false

  @ArgumentParser.Flag(help: "Answer and complain as JSON, one object a line.")
  var json = false

  @ArgumentParser.Flag(help: "Tell findings as annotations of GitHub Actions, too.")
  var annotations = false

  var settings: CompilerSettings {
    var settings = CompilerSettings()
    (settings.library, settings.root, settings.define) = (library, root, define)
    (settings.allowExec, settings.json, settings.annotations) = (allowExec, json, annotations)
    return settings
  }
}
