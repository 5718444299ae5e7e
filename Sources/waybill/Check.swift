// Check.swift: `waybill check`, everything that can be found without writing.

import ArgumentParser
import Diagnostics
import MCCompiler
import Posix
import PostfixConfig
import PostfixRouting

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", _superCommandName: Waybill.name,
    abstract: "Say what is wrong with site files and configurations, and write nothing.",
    discussion: """
      A file that ends in .cf is read as sendmail would read it, a main.cf and its folder as \
      Postfix would; any other one is compiled, and what it gives is read.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("The files to check.", valueName: "file"))
  var files: [String]

  @ArgumentParser.Option(
    help: ArgumentHelp("For a site.yaml: check the hosts that `waybill build` wrote there.", valueName: "folder"))
  var built: String?

  @OptionGroup var compilerOptions: CompilerOptions

  private var options: CompilerSettings { compilerOptions.settings }

  func run() throws {
    var first: ExitCode?
    for file in files {
      do {
        let found = try check(options.place(of: file))
        let warnings = found.count { $0.severity == .warning }
        if !options.json {
          try writeOutput("\(file): " + (warnings == 0 ? "no faults" : counted(warnings, "warning")) + "\n")
        }
      } catch let status as ExitCode {
        first = first ?? status
      }
    }
    if let first { throw first }
  }

  private func check(_ file: String) throws -> [Diagnostic] {
    if BuildJob(file: file).isOfSite { return try SiteCheck(file: file, built: built, options: options).run() }
    let isPostfix = file.split(separator: "/").last == "main.cf" || isFolder(file) && isReadable(file + "/main.cf")
    if isPostfix { return try readPostfix(isFolder(file) ? file : folderOf(file)) }
    return file.hasSuffix(".cf") ? try read(file) : try compile(file, options).diagnostics
  }

  /// The findings about a Postfix configuration folder; ends with its errors.
  private func readPostfix(_ folder: String) throws -> [Diagnostic] {
    let report = options.report
    var root = FileRoot(options.root ?? "")
    root.moved.append(FileRoot.Move(folder: "/etc/postfix", to: folder))
    root.asksTexts = true
    var found: [Diagnostic] = []
    do throws(Errno) {
      let configuration = try PostfixConfiguration.load(root: root) { found.append($0) }
      configuration.check { found.append($0) }
      _ = PostfixRouter(configuration) { found.append($0) }
    } catch {
      throw ExitCode(ExitStatus.noInput.rawValue)
    }
    found = Self.told(found, from: folder)
    report.show(found)
    guard !found.contains(where: { $0.severity == .error }) else {
      throw ExitCode(ExitStatus.configuration.rawValue)
    }
    return found
  }

  /// Each once, at its place in the folder that was named.
  private static func told(_ found: [Diagnostic], from folder: String) -> [Diagnostic] {
    let usual = "/etc/postfix/"
    return found.reduce(into: []) { result, diagnostic in
      var diagnostic = diagnostic
      if let file = diagnostic.position?.file, file.hasPrefix(usual) {
        diagnostic.position?.file = "\(folder)/\(file.dropFirst(usual.count))"
      }
      if !result.contains(diagnostic) { result.append(diagnostic) }
    }
  }

  /// The warnings of a .cf; ends with its errors.
  private func read(_ file: String) throws -> [Diagnostic] {
    let report = options.report
    let bytes = try readConfiguration(file, report)
    let found = faults(in: bytes, named: file, root: options.root)
    report.show(found)
    guard !found.contains(where: { $0.severity == .error }) else {
      throw ExitCode(ExitStatus.configuration.rawValue)
    }
    return found
  }
}
