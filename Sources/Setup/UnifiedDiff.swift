// UnifiedDiff.swift: what changes in a text, as diff -u and patch(1) write it.
//
// The shortest way from one text to the other by E. Myers's algorithm ("An O(ND)
// Difference Algorithm and Its Variations", 1986). Texts that have next to nothing in
// common are shown as removed and added whole.

/// The change of a text.
package struct UnifiedDiff {
  private enum Edit { case same, removed, added }
  private struct Line {
    let edit: Edit
    let text: ArraySlice<UInt8>
  }

  private let lines: [Line]
  private let old: String
  private let new: String

  /// - Parameters:
  ///   - old: nil where there was no file.
  ///   - name: of the file.
  package init(_ old: [UInt8]?, _ new: [UInt8], name: String) {
    self.old = old == nil ? "/dev/null" : name
    self.new = name
    lines = Self.edits(Self.split(old ?? []), Self.split(new))
  }

  package var isEmpty: Bool { lines.allSatisfy { $0.edit == .same } }

  /// Lines with their ends; the last may have none.
  private static func split(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var rest = text[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
      lines.append(rest[..<end])
      rest = rest[end...]
    }
    return lines
  }

  // MARK: The shortest way

  private static func edits(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Line] {
    let head = zip(old, new).prefix { $0 == $1 }.count
    let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }.count
    let (left, right) = (Array(old[head..<(old.count - tail)]), Array(new[head..<(new.count - tail)]))
    let middle =
      way(left, right) ?? left.map { Line(edit: .removed, text: $0) } + right.map { Line(edit: .added, text: $0) }
    func same(_ lines: ArraySlice<ArraySlice<UInt8>>) -> [Line] { lines.map { Line(edit: .same, text: $0) } }
    return same(old[..<head]) + middle + same(old[(old.count - tail)...])
  }

  /// Beyond so many changes nobody compares line by line.
  private static let mostChanges = 1000

  /// - Returns: nil where there are too many changes.
  private static func way(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Line]? {
    // The furthest line of `old` reached on each diagonal, for each number of changes.
    var rounds: [[Int: Int]] = []
    var reached = [1: 0]
    for changes in 0...min(old.count + new.count, mostChanges) {
      rounds.append(reached)
      for diagonal in stride(from: -changes, through: changes, by: 2) {
        let down = step(reached, diagonal, changes)
        var x = down ? reached[diagonal + 1] ?? 0 : (reached[diagonal - 1] ?? 0) + 1
        while x < old.count, x - diagonal < new.count, x >= diagonal, old[x] == new[x - diagonal] { x += 1 }
        reached[diagonal] = x
        if x == old.count, x - diagonal == new.count { return lines(back: rounds, old, new) }
      }
    }
    return nil
  }

  /// Whether a diagonal is best reached by adding a line.
  private static func step(_ reached: [Int: Int], _ diagonal: Int, _ changes: Int) -> Bool {
    diagonal == -changes || diagonal != changes && (reached[diagonal - 1] ?? 0) < (reached[diagonal + 1] ?? 0)
  }

  private static func lines(
    back rounds: [[Int: Int]], _ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]
  ) -> [Line] {
    var (x, y) = (old.count, new.count)
    var lines: [Line] = []
    for (changes, reached) in rounds.enumerated().reversed() {
      let diagonal = x - y
      let down = step(reached, diagonal, changes)
      let before = down ? diagonal + 1 : diagonal - 1
      let start = changes == 0 ? 0 : reached[before] ?? 0
      let (fromX, fromY) = (start, changes == 0 ? 0 : start - before)
      while x > fromX, y > fromY {
        (x, y) = (x - 1, y - 1)
        lines.append(Line(edit: .same, text: old[x]))
      }
      if changes == 0 { break }
      lines.append(down ? Line(edit: .added, text: new[fromY]) : Line(edit: .removed, text: old[fromX]))
      (x, y) = (fromX, fromY)
    }
    return lines.reversed()
  }

  // MARK: The text

  /// - Parameter colour: whether a terminal is to show it.
  package func text(colour: Bool = false) -> [UInt8] {
    if isEmpty { return [] }
    let paint = Paint(isOn: colour)
    var result = paint.line("1", "--- \(old)\n") + paint.line("1", "+++ \(new)\n")
    for hunk in hunks {
      result += paint.line("36", header(of: hunk))
      for line in lines[hunk] {
        let (mark, colour) =
          switch line.edit {
          case .same: (" ", "0")
          case .removed: ("-", "31")
          case .added: ("+", "32")
          }
        let end = line.text.last == 0x0A ? [] : Array("\n\\ No newline at end of file\n".utf8)
        result += paint.line(colour, Array(mark.utf8) + line.text + end)
      }
    }
    return result
  }

  /// Changes with three lines around them.
  private var hunks: [Range<Int>] {
    var hunks: [Range<Int>] = []
    for (index, line) in lines.enumerated() where line.edit != .same {
      let range = max(index - 3, 0)..<min(index + 4, lines.count)
      if let last = hunks.last, last.upperBound >= range.lowerBound {
        hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
      } else {
        hunks.append(range)
      }
    }
    return hunks
  }

  private func header(of hunk: Range<Int>) -> String {
    func part(_ other: Edit) -> String {
      let before = lines[..<hunk.lowerBound].count { $0.edit != other }
      let count = lines[hunk].count { $0.edit != other }
      return "\(count == 0 ? before : before + 1),\(count)"
    }
    return "@@ -\(part(.added)) +\(part(.removed)) @@\n"
  }
}

private struct Paint {
  let isOn: Bool

  func line(_ code: String, _ text: String) -> [UInt8] { line(code, Array(text.utf8)) }

  func line(_ code: String, _ text: [UInt8]) -> [UInt8] {
    guard isOn else { return text }
    // What a terminal would take for a command is not shown to it.
    let text = text.map { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A || $0 == 0x7F ? 0x3F : $0 }
    if code == "0" { return text }
    let end = text.last == 0x0A
    return Array("\u{1B}[\(code)m".utf8) + (end ? text.dropLast() : text) + Array("\u{1B}[0m\(end ? "\n" : "")".utf8)
  }
}
