// PostfixConfiguration.swift: a Postfix configuration folder, read whole.
//
// `root` is a folder below which absolute paths are looked up: images, chroots,
// backups and tests. The configuration itself never shows it.
//
// Fails: with Errno when main.cf cannot be read; a missing master.cf leaves the
// stock services. Everything else is a diagnostic.

import Diagnostics
import MailAddress
import Posix

package struct PostfixConfiguration: Sendable {
  package var root: FileRoot
  /// As Postfix knows it, `/etc/postfix`; on this machine below `root`.
  package var folder: String
  package var main: MainConfiguration
  package var master: MasterConfiguration
  package var host: HostFacts

  package init(
    main: MainConfiguration, master: MasterConfiguration = .stock, folder: String = "/etc/postfix",
    root: FileRoot = "", host: HostFacts = HostFacts()
  ) {
    self.main = main
    self.master = master
    self.folder = folder
    self.root = root
    self.host = host
  }

  package static func load(
    folder: String = "/etc/postfix", root: FileRoot = "", host: HostFacts = HostFacts(),
    report: (Diagnostic) -> Void = { _ in }
  ) throws(Errno) -> PostfixConfiguration {
    let main = MainConfiguration.parse(
      try readFile(root + folder + "/main.cf"), file: folder + "/main.cf", report: report)
    var master = MasterConfiguration.stock
    if let bytes = try? readFile(root + folder + "/master.cf") {
      master = MasterConfiguration.parse(bytes, file: folder + "/master.cf", report: report)
    }
    return PostfixConfiguration(main: main, master: master, folder: folder, root: root, host: host)
  }

  /// What one service sees; nil for what none overrides.
  package func settings(for service: MasterConfiguration.Service? = nil) -> Settings {
    Settings(main: main, overrides: service?.overrides ?? [], folder: folder, host: host)
  }
}

extension MasterConfiguration {
  /// The transports of a new installation.
  package static let stock = MasterConfiguration(
    services: [
      ("smtp", "inet", "smtpd"), ("pickup", "unix", "pickup"), ("cleanup", "unix", "cleanup"),
      ("qmgr", "unix", "qmgr"), ("rewrite", "unix", "trivial-rewrite"), ("error", "unix", "error"),
      ("retry", "unix", "error"), ("discard", "unix", "discard"), ("local", "unix", "local"),
      ("virtual", "unix", "virtual"), ("smtp", "unix", "smtp"), ("relay", "unix", "smtp"),
      ("lmtp", "unix", "lmtp"),
    ].map { name, type, command in
      Service(name, type, columns: ["-", "-", "n", "-", "-"], command: command)
    })
}
