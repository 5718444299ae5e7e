// TreeBuilder.swift: libyaml's events put together to nodes.
//
// Recursive, and safe to be: the depth is limited before it is entered.

import CYAML
import Diagnostics

struct TreeBuilder {
  struct Failure: Error {
    let diagnostic: Diagnostic
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let places: YAMLPlaces
  private var anchors: [String: YAMLNode] = [:]
  private var nodes = 0
  var faults: [Diagnostic] = []

  init(parser: UnsafeMutablePointer<yaml_parser_t>, places: YAMLPlaces) {
    self.parser = parser
    self.places = places
  }

  /// The only document of the stream.
  mutating func document() throws(Failure) -> YAMLNode? {
    var root: YAMLNode?
    while true {
      let event = try next()
      switch event.what {
      case .streamEnd: return root ?? emptyNode(at: event)
      case .documentStart where root != nil:
        throw failure(.yamlSecondDocument(), at: event.start)
      case .documentStart: root = try node(next(), depth: 0)
      default: continue
      }
    }
  }

  private func emptyNode(at event: Event) -> YAMLNode {
    YAMLNode(
      .scalar(YAMLScalar(bytes: [], style: .plain, block: nil)), at: places.position(event.start))
  }

  // MARK: nodes

  private mutating func node(_ event: Event, depth: Int) throws(Failure) -> YAMLNode {
    guard depth < YAMLDocument.mostLevels else { throw failure(.yamlTooDeep(YAMLDocument.mostLevels), at: event.start) }
    if let tag = event.tag { throw failure(.yamlTag(tag), at: event.start) }
    let made: YAMLNode
    switch event.what {
    case .alias(let name): return try count(anchored(name, event), at: event)
    case .scalar(let bytes, let style):
      let block = style == .literal ? places.block(at: event.start, holding: bytes) : nil
      made = YAMLNode(
        .scalar(YAMLScalar(bytes: bytes, style: style, block: block)), at: places.position(event.start),
        length: places.length(event.start, event.end))
      _ = try count(made, at: event)
    case .sequenceStart: made = try sequence(event, depth)
    case .mappingStart: made = try mapping(event, depth)
    default: throw failure(.yamlSyntax("a value is missing", context: nil), at: event.start)
    }
    if let anchor = event.anchor { anchors[anchor] = made }
    return made
  }

  private func anchored(_ name: String, _ event: Event) throws(Failure) -> YAMLNode {
    if let node = anchors[name] { return node }
    let near = nearestName(to: name, among: anchors.keys.sorted())
    throw failure(.yamlUnknownAnchor(name, near: near), at: event.start)
  }

  private mutating func count(_ node: YAMLNode, at event: Event) throws(Failure) -> YAMLNode {
    nodes += node.weight
    guard nodes <= YAMLDocument.mostNodes else {
      throw failure(.yamlTooLarge(YAMLDocument.mostNodes), at: event.start)
    }
    return node
  }

  private mutating func sequence(_ start: Event, _ depth: Int) throws(Failure) -> YAMLNode {
    nodes += 1
    var items: [YAMLNode] = []
    while true {
      let event = try next()
      if event.what == .end { break }
      items.append(try node(event, depth: depth + 1))
    }
    return YAMLNode(
      .sequence(items), at: places.position(start.start), weight: items.reduce(1) { $0 + $1.weight })
  }

  private mutating func mapping(_ start: Event, _ depth: Int) throws(Failure) -> YAMLNode {
    nodes += 1
    var entries: [YAMLEntry] = []
    var seen: [String: SourcePosition] = [:]
    var weight = 1
    while true {
      let event = try next()
      if event.what == .end { break }
      let key = try node(event, depth: depth + 1)
      let value = try node(next(), depth: depth + 1)
      weight += key.weight + value.weight
      guard let scalar = key.scalar else { throw failure(.yamlKeyIsNoWord(key.kind), at: event.start) }
      let name = scalar.text
      if let first = seen[name] {
        faults.append(
          Diagnostic(
            .error, .yamlRepeatedKey(name), at: key.position, length: key.length,
            notes: [.init("first here", at: first)]))
      } else {
        seen[name] = key.position
        entries.append(YAMLEntry(key: key, name: name, value: value))
      }
    }
    return YAMLNode(.mapping(entries), at: places.position(start.start), weight: weight)
  }

  // MARK: events

  private func next() throws(Failure) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxFailure() }
    defer { yaml_event_delete(&event) }
    return Event(event)
  }

  private func syntaxFailure() -> Failure {
    let state = parser.pointee
    func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
    let problem = text(state.problem) ?? "it cannot be read"
    // What is no UTF-8 is met before there is a mark.
    let position =
      state.error == YAML_READER_ERROR
      ? places.position(ofByte: Int(clamping: state.problem_offset)) : places.position(state.problem_mark)
    return Failure(diagnostic: Diagnostic(.error, .yamlSyntax(problem, context: text(state.context)), at: position))
  }

  private func failure(_ message: Diagnostic.Message, at mark: yaml_mark_t) -> Failure {
    Failure(diagnostic: Diagnostic(.error, message, at: places.position(mark)))
  }
}

/// An event of libyaml without its memory.
private struct Event {
  enum What: Equatable {
    case documentStart, streamEnd, sequenceStart, mappingStart, end, other
    case alias(String)
    case scalar([UInt8], YAMLScalar.Style)
  }

  let what: What
  var anchor: String?
  /// One that was written; `!` alone says no more than quotes do.
  var tag: String?
  let start: yaml_mark_t
  let end: yaml_mark_t

  init(_ event: yaml_event_t) {
    start = event.start_mark
    end = event.end_mark
    switch event.type {
    case YAML_STREAM_END_EVENT: what = .streamEnd
    case YAML_DOCUMENT_START_EVENT: what = .documentStart
    case YAML_ALIAS_EVENT: what = .alias(Self.text(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      what = .scalar(
        Array(UnsafeBufferPointer(start: scalar.value, count: Int(clamping: scalar.length))), Self.style(scalar.style))
      anchor = Self.text(scalar.anchor)
      tag = Self.tag(scalar.tag)
    case YAML_SEQUENCE_START_EVENT:
      what = .sequenceStart
      anchor = Self.text(event.data.sequence_start.anchor)
      tag = Self.tag(event.data.sequence_start.tag)
    case YAML_MAPPING_START_EVENT:
      what = .mappingStart
      anchor = Self.text(event.data.mapping_start.anchor)
      tag = Self.tag(event.data.mapping_start.tag)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: what = .end
    default: what = .other
    }
  }

  private static func text(_ pointer: UnsafePointer<UInt8>?) -> String? { pointer.map { String(cString: $0) } }

  private static func tag(_ pointer: UnsafePointer<UInt8>?) -> String? {
    text(pointer).flatMap { $0 == "!" ? nil : $0 }
  }

  private static func style(_ style: yaml_scalar_style_t) -> YAMLScalar.Style {
    switch style {
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    case YAML_PLAIN_SCALAR_STYLE: .plain
    default: .quoted
    }
  }
}
