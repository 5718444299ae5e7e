// YAMLReader.swift: values out of nodes, and a word at the place of each that is wrong.
//
// A reader collects faults and goes on, so that a file's author sees them all at once.
// What cannot be read is nil, and never a guess.

import Diagnostics

/// Reads nodes as values and keeps what was wrong.
package final class YAMLReader {
  package private(set) var faults: [Diagnostic] = []

  package init() {}

  package func add(_ fault: Diagnostic) { faults.append(fault) }

  package func fault(_ message: Diagnostic.Message, at node: YAMLNode) {
    faults.append(Diagnostic(.error, message, at: node.position, length: node.length))
  }

  /// The keys of a mapping; unknown ones are faults.
  ///
  /// - Parameters:
  ///   - what: what the mapping is, for messages: `a test`.
  ///   - meant: words that people write for a key.
  package func mapping(
    _ node: YAMLNode, _ what: String, keys: [String], meant: [String: String] = [:]
  ) -> YAMLMapping? {
    guard let entries = entries(node, what) else { return nil }
    for entry in entries where !keys.contains(entry.name) {
      let near = meant[entry.name] ?? nearestName(to: entry.name, among: keys)
      fault(.yamlUnknownKey(entry.name, near: near, known: keys), at: entry.key)
    }
    return YAMLMapping(node: node, what: what, entries: entries)
  }

  /// The entries of a mapping whose keys are the author's own.
  package func entries(_ node: YAMLNode, _ what: String) -> [YAMLEntry]? {
    if case .mapping(let entries) = node.content { return entries }
    fault(.yamlWrongType(node.kind, wanted: "\(what) with its keys"), at: node)
    return nil
  }

  /// The value of a key that must be there.
  package func required(_ name: String, in mapping: YAMLMapping) -> YAMLNode? {
    if let node = mapping[name] { return node }
    fault(.yamlMissingKey(name, in: mapping.what), at: mapping.node)
    return nil
  }

  package func items(_ node: YAMLNode, _ what: String) -> [YAMLNode]? {
    if case .sequence(let items) = node.content { return items }
    fault(.yamlWrongType(node.kind, wanted: what), at: node)
    return nil
  }

  /// A piece of text, as it was written; nothing is a fault, but "" is not.
  package func bytes(_ node: YAMLNode, _ what: String) -> [UInt8]? {
    if let scalar = node.scalar, !scalar.isNull { return scalar.bytes }
    fault(.yamlWrongType(node.kind, wanted: what), at: node)
    return nil
  }

  package func text(_ node: YAMLNode, _ what: String) -> String? {
    bytes(node, what).map { String(decoding: $0, as: UTF8.self) }
  }

  /// One piece of text, or a list of them; each with its node.
  package func texts(_ node: YAMLNode, _ what: String) -> [(bytes: [UInt8], node: YAMLNode)] {
    guard case .sequence(let items) = node.content else {
      return bytes(node, what).map { [($0, node)] } ?? []
    }
    return items.compactMap { item in bytes(item, what).map { ($0, item) } }
  }

  /// One of a few words.
  package func choice<Word: RawRepresentable<String> & CaseIterable>(_ node: YAMLNode, _ what: String) -> Word? {
    guard let text = text(node, what) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    let near = nearestName(to: text, among: words)
    fault(
      .yamlBadValue(
        "\(node.kind) where \(what) is wanted" + (near.map { "; did you mean `\($0)'?" } ?? ""),
        fix: near == nil ? "write " + words.joined(separator: " or ") : nil), at: node)
    return nil
  }

  /// `yes` or `no`, or the words that JSON has for them.
  package func flag(_ node: YAMLNode, _ what: String) -> Bool? {
    switch node.scalar?.text {
    case "yes", "true": return true
    case "no", "false": return false
    default:
      fault(.yamlWrongType(node.kind, wanted: "\(what), yes or no,"), at: node)
      return nil
    }
  }

  /// A whole number in a range.
  package func number(_ node: YAMLNode, _ what: String, in range: ClosedRange<Int>) -> Int? {
    if let scalar = node.scalar, let value = Int(scalar.text), range.contains(value) { return value }
    fault(
      .yamlWrongType(node.kind, wanted: "\(what), a number from \(range.lowerBound) to \(range.upperBound),"), at: node)
    return nil
  }
}

/// A mapping whose keys are known.
package struct YAMLMapping {
  package let node: YAMLNode
  let what: String
  package let entries: [YAMLEntry]

  package subscript(_ name: String) -> YAMLNode? { entries.first { $0.name == name }?.value }
}
