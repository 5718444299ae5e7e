// YAMLPlaces.swift: from libyaml's marks to places in the file.
//
// libyaml counts characters from 0; everybody else here counts bytes from 1.

import CYAML
import Diagnostics

struct YAMLPlaces {
  private let file: String
  private let lines: [ArraySlice<UInt8>]

  init(_ text: [UInt8], file: String) {
    self.file = file
    lines = Self.lines(of: text)
  }

  /// Lines end as YAML 1.1 says: LF, CR LF, CR, NEL, LS and PS.
  private static func lines(of text: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    var index = 0
    while index < text.count {
      let length = lengthOfBreak(text[index...])
      if length > 0 {
        lines.append(text[start..<index])
        start = index + length
      }
      index += max(length, 1)
    }
    return lines + [text[start...]]
  }

  private static func lengthOfBreak(_ text: ArraySlice<UInt8>) -> Int {
    switch text.first {
    case 0x0A: 1
    case 0x0D: text.dropFirst().first == 0x0A ? 2 : 1
    case 0xC2: text.dropFirst().first == 0x85 ? 2 : 0
    case 0xE2: text.starts(with: [0xE2, 0x80, 0xA8]) || text.starts(with: [0xE2, 0x80, 0xA9]) ? 3 : 0
    default: 0
    }
  }

  func position(_ mark: yaml_mark_t) -> SourcePosition {
    SourcePosition(file: file, line: Int(clamping: mark.line) + 1, column: column(mark) + 1)
  }

  /// The place of a byte that is no character.
  func position(ofByte offset: Int) -> SourcePosition {
    let index = lines.lastIndex { $0.startIndex <= offset } ?? 0
    guard lines.indices.contains(index) else { return SourcePosition(file: file) }
    return SourcePosition(file: file, line: index + 1, column: offset - lines[index].startIndex + 1)
  }

  /// How many bytes lie between two marks on one line; 1 where they are on several.
  func length(_ start: yaml_mark_t, _ end: yaml_mark_t) -> Int {
    start.line == end.line ? max(column(end) - column(start), 1) : 1
  }

  /// The bytes that stand before a mark on its line.
  private func column(_ mark: yaml_mark_t) -> Int {
    let characters = Int(clamping: mark.column)
    guard lines.indices.contains(Int(clamping: mark.line)) else { return characters }
    var left = characters
    return lines[Int(clamping: mark.line)].prefix { byte in
      if byte & 0xC0 != 0x80 { left -= 1 }
      return left >= 0
    }.count
  }

  /// Where the lines of a literal stand, whose `|` is at the mark.
  func block(at mark: yaml_mark_t, holding bytes: [UInt8]) -> YAMLScalar.Block? {
    let first = Int(clamping: mark.line) + 1
    let texts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard let offset = texts.firstIndex(where: { !$0.isEmpty }), lines.indices.contains(first + offset) else {
      return nil
    }
    let indentation = blanks(lines[first + offset]) - blanks(texts[offset])
    return YAMLScalar.Block(firstLine: first + 1, indentation: max(indentation, 0))
  }

  private func blanks(_ line: ArraySlice<UInt8>) -> Int { line.prefix { $0 == 0x20 }.count }
}
