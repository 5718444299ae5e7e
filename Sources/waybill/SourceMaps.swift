// SourceMaps.swift: where the lines of .cf files came from, for whoever speaks of them.
//
//     sendmail.cf:812: error: …                     sendmail.cf
//       sendmail.mc:31:1: note: from FEATURE(…)     sendmail.cf.map, written by `waybill build`
//
// Fails: never; a map that is missing, damaged or of another .cf is none.

import Diagnostics
import Digests
import MCCompiler
import Posix
import Routing
import YAML

/// The maps of the .cf files that a command has opened, by the names that are shown.
final class SourceMaps {
  private var maps: [String: SourceMap] = [:]

  func add(_ map: SourceMap?, of name: String) { maps[name] = map }

  /// Looks for the map beside a .cf.
  func add(besides file: String, _ configuration: [UInt8], of name: String) {
    maps[name] = SourceMapFile.read(file + SourceMapFile.ending, of: configuration)
  }

  func origin(of position: SourcePosition) -> SourceMap.Origin? { maps[position.file]?.origin(ofLine: position.line) }

  /// The diagnostic with a note on where its line came from.
  func explained(_ diagnostic: Diagnostic) -> Diagnostic {
    guard let position = diagnostic.position, let origin = origin(of: position) else { return diagnostic }
    var result = diagnostic
    result.notes.append(origin.note)
    return result
  }

  /// The answer with the origin of each rule that was applied.
  func explained(_ answer: EnvelopeAnswer) -> EnvelopeAnswer {
    var result = answer
    result.trace = answer.trace.map(explained)
    for index in result.recipients.indices {
      result.recipients[index].trace = result.recipients[index].trace.map(explained)
    }
    return result
  }

  private func explained(_ step: TraceStep) -> TraceStep {
    guard let position = step.position, let origin = origin(of: position) else { return step }
    var result = step
    result.origin = origin.text
    return result
  }
}

extension SourceMap.Origin {
  var note: Diagnostic.Note {
    request.map { Diagnostic.Note("from \($0)", at: requestPlace) }
      ?? Diagnostic.Note("the line is from here", at: place)
  }
}

/// A map in a file of its own.
enum SourceMapFile {
  static let ending = ".map"

  /// - Parameter folder: where the map will be. Files below it are named from there on, so that
  ///   the same input gives the same bytes in any folder.
  static func text(_ map: SourceMap, of configuration: [UInt8], in folder: String) -> [UInt8] {
    func short(_ name: String) -> String {
      name.hasPrefix(folder + "/") ? String(name.dropFirst(folder.utf8.count + 1)) : name
    }
    let files = map.map.files.map { Array(short(String(decoding: $0, as: UTF8.self)).utf8) }
    let shown = OutputMap(
      files: files, names: map.map.names, arguments: map.map.arguments, calls: map.map.calls, runs: map.map.runs)
    return shown.json([
      ("site", .string(short(map.site))), ("sha256", .string(Digest.sha256.sum(of: configuration))),
    ])
  }

  static func read(_ path: String, of configuration: [UInt8]) -> SourceMap? {
    guard let text = try? readFile(path), let root = YAMLDocument.parse(text, file: path, report: { _ in }),
      root["version"]?.int == 1, root["sha256"]?.text == Digest.sha256.sum(of: configuration),
      let site = root["site"]?.text
    else { return nil }
    let files = root["files"]?.items.compactMap { $0.text.map { Array($0.utf8) } } ?? []
    var names = NameList()
    var arguments: [[UInt8]] = []
    let calls = root["calls"]?.items.compactMap { call($0, &names, &arguments) } ?? []
    let runs = root["runs"]?.items.compactMap(run) ?? []
    let map = OutputMap(files: files, names: names, arguments: arguments, calls: calls, runs: runs)
    return SourceMap(map, site: site, configuration: configuration)
  }

  private static func call(
    _ node: YAMLNode, _ names: inout NameList, _ arguments: inout [[UInt8]]
  ) -> CallRecord? {
    let fields = node.items
    let numbers = fields.dropFirst().prefix(5).compactMap(\.small).map { Int32(truncatingIfNeeded: $0) }
    guard fields.count >= 6, numbers.count == 5, let name = fields[0].text else { return nil }
    let argument = fields.count > 6 ? fields[6].text : nil
    if let argument { arguments.append(Array(argument.utf8)) }
    return CallRecord(
      name: names.append(name), file: numbers[0], line: numbers[1], column: numbers[2], parent: numbers[3],
      cause: numbers[4], argument: argument == nil ? -1 : Int32(truncatingIfNeeded: arguments.count - 1))
  }

  private static func run(_ node: YAMLNode) -> OutputMap.Run? {
    let numbers = node.items.compactMap(\.small)
    guard numbers.count == 5 else { return nil }
    return OutputMap.Run(
      start: numbers[0], file: numbers[1], line: numbers[2], call: numbers[3], isFile: numbers[4] == 1)
  }
}

extension YAMLNode {
  fileprivate var text: String? { scalar?.text }
  fileprivate var int: Int? { text.flatMap { Int($0) } }
  /// A number that no damage makes too large to count with.
  fileprivate var small: Int? { int.flatMap { (-1...Int(Int32.max)).contains($0) ? $0 : nil } }

  fileprivate var items: [YAMLNode] { if case .sequence(let items) = content { items } else { [] } }

  fileprivate subscript(_ name: String) -> YAMLNode? {
    if case .mapping(let entries) = content { entries.first { $0.name == name }?.value } else { nil }
  }
}
