// Installation.swift: a sendmail.cf with the files it names, as one thing.
//
// The .cf names its tables, class files and aliases by the paths of the host that
// runs it. Here they are found for whoever looks at it elsewhere: below a root, or
// in a folder that stands in for /etc/mail.
//
// Fails: a .cf that cannot be read is an error of the system; what is wrong in it
// comes with the program as diagnostics.

import Diagnostics
import Posix
import Rulesets
import SendmailCF
import SendmailRouting

/// A sendmail configuration and where its files are.
package struct Installation {
  package let path: String
  package let program: RulesetProgram
  package let root: FileRoot
  package let hostName: [UInt8]

  /// - Parameters:
  ///   - hostName: for configurations that leave their name to the host.
  package init(
    _ path: String, root: FileRoot = "", hostName: String = "localhost.localdomain"
  ) throws(Errno) {
    self.init(try readFile(path), named: path, root: root, hostName: hostName)
  }

  /// The same for the bytes of a .cf.
  ///
  /// - Parameters:
  ///   - options: overrule those of the file, as `-O` gives them.
  ///   - macros: known before the first line, as `-D` gives them.
  package init(
    _ bytes: [UInt8], named path: String, root: FileRoot, hostName: String,
    options: [(name: String, value: [UInt8])] = [], macros: [(name: String, value: [UInt8])] = []
  ) {
    self.path = path
    self.root = root
    self.hostName = Array(hostName.utf8)
    var settings = Self.settings(root, hostName)
    settings.environment.macros += macros
    settings.options = options
    program = ProgramBuilder.build(bytes, name: path, settings: settings)
  }

  /// What is wrong with the bytes of a .cf.
  package static func faults(in bytes: [UInt8], named path: String, root: FileRoot, hostName: String) -> [Diagnostic] {
    ProgramCheck.findings(in: bytes, name: path, settings: settings(root, hostName)).map(\.diagnostic)
  }

  private static func settings(_ root: FileRoot, _ hostName: String) -> ProgramSettings {
    var settings = ProgramSettings()
    settings.root = root
    settings.environment.macros = macros(hostName)
    settings.environment.readsOn = true
    settings.environment.serviceExists = { name in
      let name = String(decoding: name, as: UTF8.self)
      return mailServices.contains(name) || hasService(name, root: root)
    }
    return settings
  }

  /// Ports that have their names wherever there are names for ports.
  private static let mailServices = ["smtp", "submission", "smtps"]

  /// What sendmail's daemon knows before it reads the first line.
  private static func macros(_ hostName: String) -> [(name: String, value: [UInt8])] {
    let name = Array(hostName.utf8)
    let short = name.prefix { $0 != UInt8(ascii: ".") }
    return [
      ("w", Array(short)), ("j", name), ("k", name), ("m", Array(name.dropFirst(short.count + 1))),
      ("v", Array("8.17.1.9".utf8)), ("n", Array("MAILER-DAEMON".utf8)), ("opMode", Array("d".utf8)),
      ("addr_type", Array("e r".utf8)),
    ]
  }

  package func router() -> SendmailRouter {
    let router = SendmailRouter(program, root: root)
    for (name, word) in hostWords { router.know(word, inClass: name) }
    return router
  }

  /// An engine that asks for host names instead of reading the hosts file. Its host has its own
  /// names there, those without a dot, too.
  package func router(hostExists: @escaping (_ name: [UInt8]) -> Bool) -> SendmailRouter {
    let router = router()
    router.engine.hosts.assumption = { [unowned engine = router.engine] name in
      engine.classes.contains(name, in: 0x77) || hostExists(name)
    }
    return router
  }

  /// What looking at the loopback interface adds, as far as DontProbeInterfaces lets.
  private var interfaceWords: [String] {
    let probing = program.options.text("DontProbeInterfaces")?.lowercased() ?? ""
    switch probing.first {
    case "t", "y": return []
    case "l": return ["[127.0.0.1]"]
    default: return ["localhost", "[127.0.0.1]"]
    }
  }

  /// What sendmail adds to classes from the names and interfaces of its host. The
  /// host may be another one, so these are those that any host has.
  private var hostWords: [(name: UInt8, word: [UInt8])] {
    let domain = hostName.drop { $0 != UInt8(ascii: ".") }.dropFirst()
    // The hosts file of the machine that asks says nothing of another host.
    let hosts = root.prefix.isEmpty ? nil : try? readFile(root + "/etc/hosts")
    let names = HostNames.words(of: hostName, hosts: hosts)
    let own = names + interfaceWords.map { Array($0.utf8) }
    return own.map { (UInt8(ascii: "w"), $0) } + [(UInt8(ascii: "k"), hostName)]
      + (domain.isEmpty ? [] : [(UInt8(ascii: "m"), Array(domain))])
  }
}

extension FileRoot {
  /// The root of a command line: `--root`, with /etc/mail standing elsewhere, and
  /// accounts beside it where somebody put them there.
  package init(root: String?, settingsFolder: String?) {
    self.init(root ?? "")
    guard let settingsFolder else { return }
    moved.append(Move(folder: "/etc/mail", to: settingsFolder))
    if isReadable(settingsFolder + "/passwd") {
      moved.append(Move(path: "/etc/passwd", to: settingsFolder + "/passwd"))
    }
  }
}
