// ConfigurationPlace.swift: a configuration that the command line names, opened.
//
//     sendmail.cf              as it stands
//     sendmail.mc              compiled first
//     main.cf, or its folder   Postfix
//     a folder such as /etc/mail: sendmail.cf, else sendmail.mc
//
// Absolute paths are looked up below the root; one that is not there is taken as it
// stands, because shells complete paths of the machine.

import ArgumentParser
import Diagnostics
import Equivalence
import Installation
import MCCompiler
import Posix
import PostfixConfig
import Translation

/// Where configurations and their files are found.
struct ConfigurationPlace {
  let options: CompilerSettings
  /// Stands in for /etc/mail; nil for the folder of the configuration.
  let tables: String?
  /// For configurations that leave their name to the host.
  var hostName = "mail.this-site.test"
  /// Files that stand in for those of the configurations.
  var overlay: [FileRoot.Move] = []
  /// Of the .cf files that were opened.
  let maps = SourceMaps()

  init(options: CompilerSettings, tables: String?) {
    self.options = options
    self.tables = tables.map { options.place(of: $0) }
  }

  var report: Report { options.report }

  /// Ends the command where a folder that was named is not there.
  func check() throws {
    if let tables { try requireFolder(tables, "--tables", report) }
  }

  /// Shows what turned up while the systems answered; ends the command where their
  /// answers cannot be relied on.
  func showFaults(of systems: [MailSystem]) throws {
    let faults = systems.flatMap { $0.faults() }
    report.show(faults)
    if systems.contains(where: \.isFaulty) { throw ExitCode(ExitStatus.configuration.rawValue) }
    if !faults.isEmpty { throw ExitCode(ExitStatus.dataError.rawValue) }
  }

  /// What a name on the command line leads to.
  enum Found {
    case postfix(folder: String)
    case sendmail(file: String)
    case site(file: String)
  }

  /// - Throws: the exit status, once the reason is shown.
  func find(_ name: String) throws -> Found {
    let path = options.place(of: name)
    if isFolder(path) {
      if isReadable(path + "/main.cf") { return .postfix(folder: path) }
      if isReadable(path + "/sendmail.cf") { return .sendmail(file: path + "/sendmail.cf") }
      if isReadable(path + "/sendmail.mc") { return .site(file: path + "/sendmail.mc") }
      throw failure(
        "\(name) holds no main.cf, sendmail.cf or sendmail.mc", fix: "name the folder or file of a configuration")
    }
    if path.split(separator: "/").last == "main.cf" { return .postfix(folder: folderOf(path)) }
    return path.hasSuffix(".mc") ? .site(file: path) : .sendmail(file: path)
  }

  /// The name that one of two configurations says its host has.
  func statedHostName(_ all: [Found]) -> String? {
    for case .sendmail(let file) in all {
      guard let text = try? readFile(file) else { continue }
      for line in text.split(separator: 0x0A) where line.starts(with: "Dj".utf8) && !line.contains(0x24) {
        return String(decoding: line.dropFirst(2), as: UTF8.self)
      }
    }
    for case .postfix(let folder) in all {
      guard let text = try? readFile(folder + "/main.cf") else { continue }
      let name = MainConfiguration.parse(text, file: "main.cf") { _ in }.settings["myhostname"]?.value ?? []
      if !name.isEmpty, !name.contains(0x24) { return String(decoding: name, as: UTF8.self) }
    }
    return nil
  }

  /// Opens what was found; what is wrong with it is shown.
  ///
  /// - Parameter accounts: a folder whose passwd stands in for /etc/passwd.
  func open(_ found: Found, named name: String, accounts: String? = nil) throws -> MailSystem {
    do {
      switch found {
      case .postfix(let folder): return try openPostfix(folder, name, accounts: accounts)
      case .sendmail(let file): return open(try readConfiguration(file, report), file, name)
      case .site(let file):
        let compilation = try compile(file, options, settingsFolder: tables ?? folderOf(file))
        maps.add(compilation.map, of: generatedName)
        return open(compilation.configuration, file, name, shownAs: generatedName)
      }
    } catch let error as Errno {
      throw failure("cannot read \(name): \(error)", fix: nil)
    }
  }

  /// The folder of a sendmail configuration's tables; nil for Postfix.
  func settingsFolder(of found: Found) -> String? {
    switch found {
    case .postfix: nil
    case .sendmail(let file), .site(let file): tables ?? (options.root == nil ? folderOf(file) : nil)
    }
  }

  /// A sendmail configuration with its files; a .mc is compiled. Nil for Postfix.
  func installation(_ found: Found) throws -> Installation? {
    switch found {
    case .postfix: return nil
    case .sendmail(let file): return installation(try readConfiguration(file, report), file, shownAs: file)
    case .site(let file):
      let compilation = try compile(file, options, settingsFolder: tables ?? folderOf(file))
      maps.add(compilation.map, of: generatedName)
      return installation(compilation.configuration, file, shownAs: generatedName)
    }
  }

  private func installation(_ bytes: [UInt8], _ file: String, shownAs shownName: String) -> Installation {
    var root = FileRoot(root: options.root, settingsFolder: settingsFolder(of: .sendmail(file: file)))
    root.moved.insert(contentsOf: overlay, at: 0)
    root.asksTexts = true
    let installation = Installation(bytes, named: shownName, root: root, hostName: hostName)
    if shownName == file { maps.add(besides: file, bytes, of: shownName) }
    report.show(installation.program.diagnostics.map(maps.explained))
    return installation
  }

  private func open(
    _ bytes: [UInt8], _ file: String, _ name: String, shownAs shownName: String? = nil
  ) -> MailSystem {
    let installation = installation(bytes, file, shownAs: shownName ?? file)
    let tables = TableSource(folder: settingsFolder(of: .sendmail(file: file)), root: options.root)
    return MailSystem(installation, tables: tables, named: name)
  }

  private func openPostfix(_ folder: String, _ name: String, accounts: String?) throws -> MailSystem {
    var findings: [Diagnostic] = []
    let configuration = try postfix(folder, accounts: accounts) { findings.append($0) }
    let system = MailSystem(configuration, named: name) { findings.append($0) }
    report.show(findings)
    return system
  }

  /// A Postfix configuration folder.
  func postfix(
    _ folder: String, accounts: String?, _ tell: (Diagnostic) -> Void
  ) throws -> PostfixConfiguration {
    var root = FileRoot(root: options.root, settingsFolder: nil)
    root.moved.append(FileRoot.Move(folder: "/etc/postfix", to: folder))
    if let accounts, isReadable(accounts + "/passwd") {
      root.moved.append(FileRoot.Move(path: "/etc/passwd", to: accounts + "/passwd"))
    }
    root.moved.insert(contentsOf: overlay, at: 0)
    root.asksTexts = true
    return try PostfixConfiguration.load(root: root, host: HostFacts(name: Array(hostName.utf8)), report: tell)
  }

  func failure(_ text: String, fix: String?) -> ExitCode {
    report.show([Diagnostic(.error, .init(.cannotRead, text, fix: fix))])
    return ExitCode(ExitStatus.noInput.rawValue)
  }
}

/// The bytes of a .cf; ends the command where it cannot be read.
func readConfiguration(_ path: String, _ report: Report) throws -> [UInt8] {
  do throws(Errno) { return try readFile(path) } catch {
    report.show([
      Diagnostic(
        .error, .init(.cannotRead, "cannot read \(path): \(error)", fix: "name a sendmail.cf"),
        at: SourcePosition(file: path))
    ])
    throw ExitCode(ExitStatus.noInput.rawValue)
  }
}
