// SendmailSeeds.swift: what a sendmail.cf and its tables name.

import Installation
import MailAddress
import Rulesets
import SendmailCF

extension Seeds {
  /// - Parameter engine: of the installation, for the values of macros.
  package init(_ installation: Installation, _ engine: RulesetEngine) {
    self.init()
    addClasses(of: installation.program)
    for file in installation.files {
      switch file.kind {
      case .aliases: addAliases(file.path, installation)
      case .hash, .btree: addTable(file.path, installation)
      case .text: continue
      }
    }
    addMacros(of: engine)
    addRules(of: installation.program)
    if let size = installation.program.options.text("MaxMessageSize").flatMap({ Int($0) }) {
      add(size: size, "MaxMessageSize")
    }
  }

  private mutating func addClasses(of program: RulesetProgram) {
    for line in program.file.lines {
      let number: Int
      switch line.content {
      case .words(let named, _, _): number = named
      case .classFile(let source): number = source.classNumber
      default: continue
      }
      let name = program.names.name(number).text
      for word in program.classes.members(of: number) {
        switch name {
        case "w": add(domain: word, "class w", isLocal: true)
        case "E", "L": add(key: word, "class \(name)")
        default: add(host: word, "class \(name)")
        }
      }
    }
  }

  private mutating func addAliases(_ path: String, _ installation: Installation) {
    for entry in TableKeys.entries(path, in: installation.root, .aliases) {
      add(user: entry.key, entry.origin)
      addTargets(entry.value, entry.origin)
    }
  }

  private mutating func addTable(_ path: String, _ installation: Installation) {
    for entry in TableKeys.entries(path, in: installation.root) {
      add(key: entry.key, entry.origin)
      addTargets(entry.value, entry.origin)
    }
  }

  /// Names that stand in the left sides of rules: those of a site's own rules are in
  /// no table.
  private mutating func addRules(of program: RulesetProgram) {
    for line in program.file.lines {
      guard case .rule(let rule) = line.content else { continue }
      let words = rule.left.split { unit in
        guard let byte = unit.byte else { return true }
        return !(byte.isLetter || byte.isDigit || byte == .dot || byte == 0x2D || byte == 0x5F)
      }
      for word in words {
        var text = Bytes(word.compactMap(\.byte))
        while text.last == .dot { text.removeLast() }
        while text.first == .dot { text.removeFirst() }
        guard text.count > 2, text.contains(where: \.isLetter), !text.allSatisfy({ (0x41...0x5A).contains($0) }) else {
          continue
        }
        add(key: text, "line \(line.position.line)")
      }
    }
  }

  /// Addresses that a table leads to.
  package mutating func addTargets(_ value: Bytes, _ origin: String) {
    for word in value.split(whereSeparator: { $0 == .comma || $0.isWhiteSpace }) {
      let address = Seeds.untagged(Bytes(word))
      guard let (local, domain) = address.split(atLast: .at), !local.isEmpty, !local.contains(.quote),
        !domain.isEmpty, domain.allSatisfy({ $0.isLetter || $0.isDigit || $0 == .dot || $0 == 0x2D })
      else { continue }
      add(address: address, origin)
    }
  }

  /// Hosts that macros name: smart hosts, hubs, the domain that masquerades.
  private mutating func addMacros(of engine: RulesetEngine) {
    for name in ["j", "m", "M", "R", "H", "S"] {
      guard let number = engine.names.known(Bytes(name.utf8)), let value = engine.macroText(number) else { continue }
      let host = Bytes(value.split(separator: .colon).last ?? [])
      if host.contains(.dot), host.allSatisfy({ $0.isLetter || $0.isDigit || $0 == .dot || $0 == 0x2D }) {
        add(domain: host, "macro \(name)", isLocal: name == "j")
      }
    }
  }
}
