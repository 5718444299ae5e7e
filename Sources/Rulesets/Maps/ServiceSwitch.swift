// ServiceSwitch.swift: which services answer for hosts, aliases, users.
//
// The file that ServiceSwitchFile names has one line a kind: the kind, then its
// services. Without such a line hosts are looked for in DNS and in files, aliases and
// users in files, and nothing anywhere else.

import Posix

/// The service switch of an engine.
package final class ServiceSwitch {
  private var services: [[UInt8]: [[UInt8]]]?
  private let root: FileRoot

  init(root: FileRoot) { self.root = root }

  private static let usual = ["hosts": ["dns", "files"], "aliases": ["files"], "passwd": ["files"]]

  package func services(for kind: [UInt8], _ engine: RulesetEngine) -> [[UInt8]] {
    let known = read(engine)
    if let found = known[kind] { return found }
    return (Self.usual[shown(kind)] ?? []).map { Array($0.utf8) }
  }

  private func read(_ engine: RulesetEngine) -> [[UInt8]: [[UInt8]]] {
    if let services { return services }
    let path = engine.program.options.text("ServiceSwitchFile") ?? "/etc/mail/service.switch"
    var result: [[UInt8]: [[UInt8]]] = [:]
    do throws(Errno) {
      let text = try readFile(root + path)
      if root + path == path {
        for warning in PathSafety(engine.program.options).warnings(about: path) { engine.complain(warning) }
      }
      for line in text.split(separator: 0x0A) {
        let words = line.prefix { $0 != 0x23 }.split(whereSeparator: isBlank).map(Array.init)
        if let kind = words.first { result[kind] = Array(words.dropFirst()) }
      }
    } catch { result = [:] }
    services = result
    return result
  }
}
