// CompilerSettings.swift: how a site file is compiled, whoever asked for it.

import ArgumentParser
import Diagnostics
import Glibc
import MCCompiler
import Posix
import SendmailCF

/// What the options of `CompilerOptions` say.
struct CompilerSettings {
  var library: String?
  var root: String?
  /// `name` or `name=value`.
  var define: [String] = []
  var allowExec = false
  var readableFolders: [String] = []
  var limits = MCCompiler.sandboxLimits
  var json = false
  /// Whether findings are told as annotations, too.
  var annotations = false

  /// Where somebody wrote what stands at a place of the file that is compiled.
  var origin: (SourcePosition) -> SourcePosition = { $0 }

  var report: Report { Report(isJSON: json, isAnnotating: annotations) }

  /// Where a file or folder that the command line names is: absolute paths below the
  /// root. One that is not there is taken as it stands, because shells complete paths of
  /// the machine.
  func place(of name: String) -> String {
    guard let root, name.hasPrefix("/") else { return name }
    let below = FileRoot(root) + name
    return isReadable(below) || !isReadable(name) ? below : name
  }

  /// The name of the host whose files are below the root: what /etc/hostname says, made
  /// full by the hosts file, as sendmail would find it out there.
  var hostBelowRoot: String? {
    guard let root else { return nil }
    let files = FileRoot(root)
    guard let text = try? readFile(files + "/etc/hostname") else { return nil }
    let name = Array(text.prefix { $0 > 0x20 })
    if name.isEmpty { return nil }
    let names = HostNames.words(of: name, hosts: try? readFile(files + "/etc/hosts"))
    let full = name.contains(0x2E) ? name : names.first { $0.contains(0x2E) } ?? name
    return String(decoding: full, as: UTF8.self)
  }

  func compiler(settingsFolder: String? = nil) throws -> MCCompiler {
    var compiler = MCCompiler(library: try chosenLibrary())
    compiler.root = root
    compiler.settingsFolder = settingsFolder
    compiler.allowsCommands = allowExec
    compiler.readableFolders = readableFolders
    compiler.limits = limits
    compiler.buildTime = try buildTime()
    compiler.definitions = define.map { definition in
      let name = definition.prefix { $0 != "=" }
      return (String(name), String(definition.dropFirst(name.count + 1)))
    }
    return compiler
  }

  /// SOURCE_DATE_EPOCH.
  private func buildTime() throws -> Int? {
    do throws(InvalidBuildTime) { return try Posix.buildTime() } catch {
      report.show([
        Diagnostic(
          .error,
          .init(
            .badArguments, "SOURCE_DATE_EPOCH is \"\(error.text)\", which is no number of seconds",
            fix: "give the seconds since 1970, as date +%s prints them"))
      ])
      throw ExitCode(ExitStatus.usage.rawValue)
    }
  }

  private func chosenLibrary() throws -> Library {
    if let library {
      if let found = Library(folder: library) { return found }
      report.show([
        Diagnostic(
          .error,
          .init(
            .noLibrary, "\(library) holds no m4 library: neither waybill.m4 nor m4/cf.m4 is there"))
      ])
      throw ExitCode(ExitStatus.noInput.rawValue)
    }
    if let found = installedLibrary() { return found }
    report.show([
      Diagnostic(
        .error,
        .init(
          .noLibrary, "the macro library was not found beside this program",
          fix: "give --library with the folder that holds waybill.m4"))
    ])
    throw ExitCode(ExitStatus.unavailable.rawValue)
  }
}

/// The library that came with this program: named by WAYBILL_LIBRARY, installed
/// below `share`, or in the checkout it was built in.
private func installedLibrary() -> Library? {
  if let folder = getenv("WAYBILL_LIBRARY") { return Library(folder: String(cString: folder)) }
  var folder = programPath() ?? ""
  while let slash = folder.lastIndex(of: "/") {
    folder = String(folder[..<slash])
    for candidate in ["/share/waybill/macros", "/macros"] {
      if let library = Library(folder: folder + candidate), library.kind == .waybill { return library }
    }
  }
  return nil
}

/// Compiles a site file and shows what was found; ends the command on an error.
///
/// - Parameter text: what the file will say, where it is not written yet.
func compile(
  _ file: String, _ options: CompilerSettings, settingsFolder: String? = nil, text: [UInt8]? = nil
) throws -> Compilation {
  let compiler = try options.compiler(settingsFolder: settingsFolder)
  var compilation = text.map { compiler.compile($0, named: file) } ?? compiler.compile(file)
  if !compilation.hasErrors {
    compilation.diagnostics = explained(faults(in: compilation, root: options.root), by: compilation.diagnostics)
  }
  let report = Report(isJSON: options.json, isAnnotating: options.annotations) { position in
    switch position.file {
    case file: compilation.line(position.line)
    case generatedName: compilation.configurationLine(position.line)
    default: nil
    }
  }
  report.show(compilation.diagnostics.map { $0.moved(options.origin) })
  if compilation.hasErrors {
    let isMissing = compilation.diagnostics.contains { $0.message.code == .cannotRead }
    throw ExitCode((isMissing ? ExitStatus.noInput : .dataError).rawValue)
  }
  return compilation
}

extension Diagnostic {
  /// The same with places that are others.
  fileprivate func moved(_ origin: (SourcePosition) -> SourcePosition) -> Diagnostic {
    var moved = self
    moved.position = position.map(origin)
    moved.notes = notes.map { Diagnostic.Note($0.text, at: $0.position.map(origin)) }
    return moved
  }
}
