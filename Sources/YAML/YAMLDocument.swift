// YAMLDocument.swift: bytes to a tree, by the events of libyaml.
//
// One document a file, keys are words, and each stands once in its mapping. Anchors and
// aliases are resolved here; what they unfold to is counted, so that a few lines cannot
// become millions of values. Tags are refused: nothing that we read has types to choose.
//
// Fails: the first fault of syntax ends the reading, since libyaml cannot go on; repeated
// keys are told one by one, and the first of them counts.

import CYAML
import Diagnostics

package enum YAMLDocument {
  /// How deep lists and mappings may stand in one another.
  package static let mostLevels = 64
  /// How many values there may be, counting what aliases stand for.
  package static let mostNodes = 1_000_000

  /// The tree of a file.
  ///
  /// - Parameter report: takes what is wrong in it.
  /// - Returns: nil where it cannot be read at all.
  package static func parse(_ text: [UInt8], file: String, report: (Diagnostic) -> Void) -> YAMLNode? {
    // It grows by itself with every event and keeps a pointer to itself, so that it must stay where it is.
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else {
      report(Diagnostic(.error, .yamlMemory(), at: SourcePosition(file: file)))
      return nil
    }
    defer { yaml_parser_delete(parser) }
    return text.withUnsafeBufferPointer { bytes in
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      // An empty array has no address; the parser wants one all the same.
      var nothing: UInt8 = 0
      return withUnsafePointer(to: &nothing) { none in
        yaml_parser_set_input_string(parser, bytes.baseAddress ?? none, bytes.count)
        var builder = TreeBuilder(parser: parser, places: YAMLPlaces(text, file: file))
        defer { builder.faults.forEach(report) }
        do throws(TreeBuilder.Failure) { return try builder.document() } catch {
          builder.faults.append(error.diagnostic)
          return nil
        }
      }
    }
  }
}
