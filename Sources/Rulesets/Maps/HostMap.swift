// HostMap.swift: canonical host names from the hosts file.
//
// sendmail asks the services that its service switch names for hosts. Without
// DNS that is the hosts file: the first name with a point on a line that has the
// wanted name, or else the line's first name with the domain `$m` behind it. An
// address in brackets becomes the name of its line.

import Posix
import SendmailCF

final class HostMap: LookupMap {
  private let definition: MapDefinition

  init(_ definition: MapDefinition, _ engine: RulesetEngine) { self.definition = definition }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    // A bracket without its other half is no name at all.
    if key.first == 0x5B, key.last != 0x5D { return .notFound(0) }
    guard let name = engine.hosts.canonicalName(of: key, engine) else { return .notFound(68) }
    return .found(definition.answer(name, key: key, arguments))
  }
}

/// The hosts file of an engine.
package final class HostNames {
  private struct Line {
    var address: [UInt8]
    var names: [[UInt8]]
  }

  private let root: FileRoot
  /// Says which names exist, where nobody and no file is to be asked.
  package var assumption: ((_ name: [UInt8]) -> Bool)?
  private var lines: [Line]?

  init(root: FileRoot) { self.root = root }

  /// The canonical name of a host name or of an address in brackets.
  package func canonicalName(of name: [UInt8], _ engine: RulesetEngine) -> [UInt8]? {
    let services = engine.services.services(for: Array("hosts".utf8), engine)
    if name.first == 0x5B {
      guard name.last == 0x5D, name.count > 2 else { return nil }
      // Who assumes that names exist has none for an address.
      if assumption?(name) ?? false { return name }
      return self.name(ofAddress: Array(name.dropFirst().dropLast()), engine)
    }
    if let assumption { return assumption(name) ? (name.last == 0x2E ? name.dropLast() : name) : nil }
    guard services.contains(where: { $0.elementsEqual("files".utf8) }) else { return nil }
    return canonicalName(ofHost: name, engine)
  }

  private func canonicalName(ofHost name: [UInt8], _ engine: RulesetEngine) -> [UInt8]? {
    var wanted = lowered(name)
    if wanted.last == 0x2E { wanted.removeLast() }
    guard let line = read(engine).first(where: { $0.names.contains { lowered($0) == wanted } })
    else { return nil }
    if let full = line.names.first(where: { $0.contains(0x2E) }) { return full }
    guard let first = line.names.first else { return nil }
    let domain = engine.macroText(0x6D) ?? []
    return domain.isEmpty ? first : first + [0x2E] + domain
  }

  /// The first name that the file has for an address.
  package func name(ofAddress address: [UInt8], _ engine: RulesetEngine) -> [UInt8]? {
    read(engine).first { $0.address == address }?.names.first
  }

  /// All names that the file has for an address, as the C library puts them together.
  package func names(ofAddress address: [UInt8], _ engine: RulesetEngine) -> [[UInt8]] {
    read(engine).first { $0.address == address }?.names ?? []
  }

  private func read(_ engine: RulesetEngine) -> [Line] {
    if let lines { return lines }
    let path = engine.program.options.text("HostsFile") ?? "/etc/hosts"
    var result: [Line] = []
    do throws(Errno) {
      for text in try readFile(root + path).split(separator: 0x0A) {
        let words = text.prefix { $0 != 0x23 }.split(whereSeparator: isBlank).map(Array.init)
        if words.count > 1 { result.append(Line(address: words[0], names: Array(words[1...]))) }
      }
    } catch { result = [] }
    lines = result
    return result
  }
}
