// MapSet.swift: the open maps of an engine.
//
// A map is opened when it is first asked and stays open. Names do not mind case.

/// A map with its definition.
package final class OpenMap {
  package let definition: MapDefinition
  private let map: any LookupMap

  init(_ definition: MapDefinition, _ engine: RulesetEngine) {
    self.definition = definition
    map = definition.isUsable ? definition.type.open(definition, engine) : ClosedMap()
  }

  package var keyBlank: UInt8? { definition.flags.blank }
  package var isOpen: Bool { map.isOpen }
  /// Whether a key goes without its quotes. What dequote removes they are.
  package var stripsQuotes: Bool { !definition.flags.keepsQuotes && definition.type.flags != .first }

  package func lookUp(
    _ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine
  ) -> MapAnswer {
    map.lookUp(key, arguments, engine)
  }

  /// What a rule takes for the value of a key that could not be looked up: with -T the key
  /// and the text given there.
  package func valueOfFailure(_ key: [UInt8]) -> [UInt8]? { definition.flags.failureSuffix.map { key + $0 } }
}

/// The maps of a configuration, opened as they are needed.
package final class MapSet {
  private var definitions: [[UInt8]: MapDefinition] = [:]
  private var open: [[UInt8]: OpenMap] = [:]

  package init(_ program: RulesetProgram) {
    for definition in program.maps { definitions[definition.key] = definition }
    addBuiltIn("host", "host", program) { $0.flags.suffix = [0x2E] }
    addBuiltIn("aliases", "null", program) { _ in }
    addBuiltIn("aliases.files", "null", program) { _ in }
  }

  /// Maps that are there without a K line.
  private func addBuiltIn(
    _ name: String, _ type: String, _ program: RulesetProgram, _ change: (inout MapDefinition) -> Void
  ) {
    let key = Array(name.utf8)
    guard definitions[key] == nil, let type = MapType.find(Array(type.utf8)) else { return }
    var definition = MapDefinition(
      name: key, type: type, position: .init(file: program.file.name), root: program.root)
    change(&definition)
    definitions[key] = definition
  }

  package func map(named name: [UInt8], _ engine: RulesetEngine) -> OpenMap? {
    if let known = open[name] { return known }
    let key = lowered(name)
    guard let definition = definitions[key] else { return nil }
    let map = open[key] ?? OpenMap(definition, engine)
    open[key] = map
    open[name] = map
    return map
  }
}
