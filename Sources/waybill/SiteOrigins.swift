// SiteOrigins.swift: where the site file says what stands in a sendmail.mc that was made from it.
//
// Lines of `mc:` are looked for below the place where their text begins. One that stands there in another
// form, as with escapes between quotes, is told at that place.

import Diagnostics
import Posix
import Site

struct SiteOrigins {
  private let generated: String
  private let stated: [Int: (position: SourcePosition, text: String)]
  private let lines: [[UInt8]]

  /// - Parameters:
  ///   - plan: of the host whose sendmail.mc it is.
  ///   - generated: the name of that sendmail.mc.
  init(_ plan: HostPlan, in organisation: Organisation, generated: String) {
    self.generated = generated
    stated = plan.statedLines(in: organisation)
    let text = stated.values.first.flatMap { try? readFile($0.position.file) } ?? []
    lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
  }

  func place(of position: SourcePosition) -> SourcePosition {
    guard position.file == generated, let line = stated[position.line] else { return position }
    let text = Array(line.text.utf8)
    for number in lines.indices.dropFirst(max(0, line.position.line - 1)) where !text.isEmpty {
      guard let start = lines[number].firstRange(of: text)?.lowerBound else { continue }
      return SourcePosition(
        file: line.position.file, line: number + 1, column: position.column == 0 ? 0 : start + position.column)
    }
    return line.position
  }
}
