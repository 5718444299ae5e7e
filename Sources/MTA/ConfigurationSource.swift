// ConfigurationSource.swift: what `-C` names, read as often as it is asked for.
//
//     /etc/mail/sendmail.cf              a sendmail.cf
//     /etc/postfix, /etc/postfix/main.cf a Postfix folder
//
// Fails: `RuntimeError` with sendmail's status once what is wrong was reported; a
// configuration with errors is not used.

import Diagnostics
import Installation
import MailAddress
import Posix
import PostfixConfig
import Resolver
import Routing

package struct ConfigurationSource: Sendable {
  package var path: String
  package var hostName: String
  /// From the command line; they overrule the file.
  package var options: [(name: String, value: Bytes)] = []
  package var macros: [(name: String, value: Bytes)] = []
  package var resolver: any DomainNameResolver
  /// Whether clients of the network are served, for whom there are keys.
  package var serves = false

  package init(_ path: String, hostName: String, resolver: any DomainNameResolver) {
    (self.path, self.hostName, self.resolver) = (path, hostName, resolver)
  }

  /// The folder of a main.cf; nil for a sendmail.cf.
  private var postfixFolder: String? {
    if isFolder(path) { return path }
    guard path.split(separator: "/").last == "main.cf" else { return nil }
    return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  /// - Parameter report: takes what is wrong, errors and warnings.
  package func load(
    report: @escaping (Diagnostic) -> Void
  ) throws(RuntimeError) -> LoadedConfiguration {
    if let postfixFolder { return try loadPostfix(postfixFolder, report) }
    let bytes: Bytes
    do throws(Errno) { bytes = try readFile(path) } catch {
      throw RuntimeError("\(path): line 0: cannot open: \(error)", .systemFile)
    }
    var root = FileRoot("")
    root.asksTexts = true
    let installation = Installation(
      bytes, named: path, root: root, hostName: hostName, options: options, macros: macros)
    var isFaulty = false
    for finding in installation.program.diagnostics {
      report(finding)
      isFaulty = isFaulty || (finding.severity == .error && finding.message.code != .badClassFile)
    }
    if isFaulty { throw RuntimeError("\(path) has errors", .software) }
    return LoadedConfiguration(installation, resolver: resolver, serves: serves)
  }

  private func loadPostfix(
    _ folder: String, _ report: @escaping (Diagnostic) -> Void
  ) throws(RuntimeError) -> LoadedConfiguration {
    guard isReadable(folder + "/main.cf") else {
      throw RuntimeError("\(folder) holds no main.cf", .systemFile)
    }
    var root = FileRoot("", moved: [FileRoot.Move(folder: "/etc/postfix", to: folder)])
    root.asksTexts = true
    var isFaulty = false
    func take(_ finding: Diagnostic) {
      report(finding)
      isFaulty = isFaulty || finding.severity == .error
    }
    let configuration: PostfixConfiguration
    do throws(Errno) {
      configuration = try PostfixConfiguration.load(
        root: root, host: HostFacts(name: Bytes(hostName.utf8)), report: take)
    } catch {
      throw RuntimeError("\(folder)/main.cf: \(error)", .systemFile)
    }
    let loaded = try LoadedConfiguration(configuration, resolver: resolver, serves: serves, report: report)
    if isFaulty { throw RuntimeError("\(folder)/main.cf has errors", .configuration) }
    return loaded
  }
}

extension LoadedConfiguration {
  /// An option of a sendmail.cf, or a parameter of a main.cf; nil where it is not set.
  package func option(_ cf: String, orParameter main: String? = nil) -> String? {
    let text: String? =
      switch system {
      case .sendmail(let installation): installation.program.options.text(cf)
      case .postfix(let configuration, _): main.map { configuration.settings().value($0).text }
      }
    return text.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Who the configuration has its daemon be.
  package var userToBecome: String? { option("RunAsUser", orParameter: "mail_owner") }

  /// Whether a user may say who a message is from (T lines and class t); in Postfix all may.
  package func trusts(_ user: Bytes) -> Bool {
    guard case .sendmail(let installation) = system else { return true }
    let lines = installation.program.file.lines.flatMap { line in
      if case .trustedUsers(let names) = line.content { names } else { [[UInt8]]() }
    }
    return lines.contains(user) || installation.router().engine.classes.contains(user, in: 0x74)
  }

  /// What the mail system says of recipients that a process of this host names.
  package func answer(recipients: [Bytes]) -> EnvelopeAnswer {
    makeRouter().answer(Envelope(client: .commandLine, sender: [], recipients: recipients))
  }

  /// What sendmail says of brackets and quotes that have no other half, and the address as it goes on with it.
  package func mended(_ address: Bytes) -> (address: Bytes, problems: [Bytes]) {
    guard case .sendmail(let installation) = system, address.contains(where: { "<>()\"".utf8.contains($0) }) else {
      return (address, [])
    }
    let engine = installation.router().engine
    let problems = engine.load(address).problems.compactMap { problem in
      if case .unbalanced(let byte) = problem { Bytes(ascii: "Unbalanced '") + [byte, 0x27] } else { nil }
    }
    if !problems.isEmpty { return (engine.text(engine.tokens), problems) }
    // The scanner takes a comment for whole.
    let isOpen = address.contains(0x28) && !address.contains(0x29)
    return (address, isOpen ? [Bytes(ascii: "Unbalanced '('")] : [])
  }

  package var isPostfix: Bool { voice == .postfix }
  package var name: Bytes { hostName }
}
