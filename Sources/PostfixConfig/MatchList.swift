// MatchList.swift: lists of names, domains and networks, with files and tables.
//
// The first element that matches decides; `!` before it makes it a no. `/file`
// stands for the words in it, `type:table` for its keys.
//
// Fails: a list that names a table or file which cannot be read says that it
// cannot say, unless an element before it matched.

import Diagnostics
import MailAddress
import Posix

/// Whether something is in a list.
package enum Membership: Sendable, Equatable {
  case yes(SourcePosition?)
  case no
  case temporaryFailure(reason: String)

  package var isMember: Bool { if case .yes = self { true } else { false } }
}

package struct MatchList: Sendable {
  /// How an element is compared.
  package enum Kind: Sendable {
    /// Whole strings.
    case strings
    /// Domains; with parents, `example.com` also matches names below it, else
    /// `.example.com` does.
    case domains(matchingParents: Bool)
    /// Addresses, and names as `domains` compares them.
    case clients(matchingParents: Bool)
  }

  enum Element: Sendable {
    case word(Bytes)
    case network(Network)
    case table(any LookupTable)
    case unreadable(String)
  }

  struct Entry: Sendable {
    let element: Element
    let isNegated: Bool
    let position: SourcePosition?
  }

  package let kind: Kind
  let entries: [Entry]

  package var isEmpty: Bool { entries.isEmpty }

  /// - Parameter position: where an element stands in main.cf.
  package init(
    _ list: Bytes, kind: Kind, opener: TableOpener,
    position: (Bytes) -> SourcePosition? = { _ in nil }
  ) {
    self.kind = kind
    entries = Self.entries(ListSyntax.words(list), kind, opener, depth: 0, position: position)
  }

  private static func entries(
    _ words: [Bytes], _ kind: Kind, _ opener: TableOpener, depth: Int,
    position: (Bytes) -> SourcePosition?
  ) -> [Entry] {
    words.flatMap { word -> [Entry] in
      let name = Bytes(word.drop { $0 == .bang })
      let isNegated = (word.count - name.count) % 2 == 1
      let place = position(word)
      if name.first == .slash {
        return file(name, kind, opener, depth: depth, isNegated: isNegated, place)
      }
      let isTable = name.first != .openBracket && name.contains(.colon) && Network(name) == nil
      let element: Element =
        if isTable {
          .table(opener.open(TableOpener.Request(name, at: place)))
        } else if case .clients = kind, let network = Network(name) {
          .network(network)
        } else { .word(name.lowercased) }
      return [Entry(element: element, isNegated: isNegated, position: place)]
    }
  }

  /// The words of a file; a `!` before its name turns each of them.
  private static func file(
    _ name: Bytes, _ kind: Kind, _ opener: TableOpener, depth: Int, isNegated: Bool,
    _ place: SourcePosition?
  ) -> [Entry] {
    guard depth < 20, let bytes = try? readFile(opener.root + name.text) else {
      opener.report(Diagnostic(.error, .postfixTableOpen(name.text, "cannot be read"), at: place))
      return [Entry(element: .unreadable(name.text), isNegated: false, position: place)]
    }
    return LogicalLine.all(in: bytes, of: name.text).flatMap { line in
      entries(ListSyntax.words(line.text), kind, opener, depth: depth + 1) { _ in line.position() }
    }.map { Entry(element: $0.element, isNegated: $0.isNegated != isNegated, position: $0.position) }
  }

  /// Whether a name, domain or string is in the list.
  package func contains(_ name: Bytes) -> Membership { decide { matches(name, $0) } }

  /// Whether a client is, by its name or its address.
  package func contains(name: Bytes, address: Bytes) -> Membership {
    decide { element in
      let byName = name.isEmpty ? Membership.no : matches(name, element)
      return byName == .no ? matches(address: address, element) : byName
    }
  }

  private func decide(_ match: (Element) -> Membership) -> Membership {
    for entry in entries {
      switch match(entry.element) {
      case .yes(let inside): return entry.isNegated ? .no : .yes(inside ?? entry.position)
      case .temporaryFailure(let reason): return .temporaryFailure(reason: reason)
      case .no: continue
      }
    }
    return .no
  }

  private func matches(_ name: Bytes, _ element: Element) -> Membership {
    switch element {
    case .unreadable(let file): return .temporaryFailure(reason: "\(file) cannot be read")
    case .network: return .no
    case .word(let word): return matches(name.lowercased, word: word) ? .yes(nil) : .no
    case .table(let table):
      for key in keys(name, fixed: table.hasFixedKeys) {
        switch table.lookUp(key) {
        case .found(_, let position): return .yes(position)
        case .temporaryFailure(let reason): return .temporaryFailure(reason: reason)
        case .notFound: continue
        }
      }
      return .no
    }
  }

  private func matches(address: Bytes, _ element: Element) -> Membership {
    switch element {
    case .unreadable(let file): return .temporaryFailure(reason: "\(file) cannot be read")
    case .network(let network):
      guard let octets = Network.octets(address) else { return .no }
      return network.contains(octets) ? .yes(nil) : .no
    case .word(let word):
      let bare = word.first == .openBracket ? Bytes(word.dropFirst().dropLast()) : word
      return bare == address.lowercased ? .yes(nil) : .no
    case .table(let table):
      switch table.lookUp(address) {
      case .found(_, let position): return .yes(position)
      case .temporaryFailure(let reason): return .temporaryFailure(reason: reason)
      case .notFound: return .no
      }
    }
  }

  private func matches(_ name: Bytes, word: Bytes) -> Bool {
    if name == word { return true }
    switch kind {
    case .strings: return false
    case .domains(let parents), .clients(let parents):
      let suffix = parents ? [.dot] + word : word
      guard suffix.first == .dot, parents ? !word.isEmpty : true else { return false }
      return name.count > suffix.count && name.hasSuffix(suffix)
    }
  }

  /// The name, and for exact tables the domains above it.
  private func keys(_ name: Bytes, fixed: Bool) -> [Bytes] {
    switch kind {
    case .strings: return [name]
    case .domains(let parents), .clients(let parents):
      guard fixed else { return [name] }
      return [name] + DomainName.parents(of: name, dotted: !parents)
    }
  }
}

package enum DomainName {
  /// The domains above a name, nearest first; dotted: `.example.com`.
  package static func parents(of name: Bytes, dotted: Bool) -> [Bytes] {
    var result: [Bytes] = []
    var rest = name
    while let dot = rest.dropFirst().firstIndex(of: .dot) {
      rest = Bytes(rest[(dotted ? dot : dot + 1)...])
      if rest.isEmpty || rest == [.dot] { break }
      result.append(rest)
    }
    return result
  }
}
