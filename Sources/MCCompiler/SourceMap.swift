// SourceMap.swift: where each line of a sendmail.cf came from.
//
//     sendmail.cf:812 ──► rulesets/access.m4:40, because of FEATURE(`access_db') at sendmail.mc:31
//
// The map holds for one .cf and no other: its length and lines are counted in that one.

import Diagnostics
import MacroProcessor

package typealias OutputMap = MacroProcessor.OutputMap
package typealias CallRecord = MacroProcessor.CallRecord
package typealias NameList = MacroProcessor.NameList

/// The origins of a .cf's lines.
package struct SourceMap: Sendable {
  package let map: OutputMap
  /// The site file, as it was named.
  package let site: String
  /// Where each line of the .cf begins.
  private let lineStarts: [Int]

  package init(_ map: OutputMap, site: String, configuration: [UInt8]) {
    (self.map, self.site) = (map, site)
    lineStarts = MacroProcessor.lineStarts(of: configuration)
  }

  package struct Origin: Sendable, Equatable {
    /// Where the text stands: in the site file, or in the library.
    package let place: SourcePosition
    /// The call in the site file that asked for it.
    package let request: String?
    package let requestPlace: SourcePosition?

    /// ``from FEATURE(`access_db') at sendmail.mc:31``
    package var text: String {
      if let request, let requestPlace { return "from \(request) at \(requestPlace)" }
      return "from \(place)"
    }
  }

  /// The origin of a line of the .cf, counted from 1; nil where there is none.
  package func origin(ofLine number: Int) -> Origin? {
    guard number >= 1, number <= lineStarts.count, let run = map.run(at: lineStarts[number - 1]) else { return nil }
    return origin(of: run, at: lineStarts[number - 1])
  }

  private func origin(of run: OutputMap.Run, at offset: Int) -> Origin? {
    let file = String(decoding: map.file(run.file), as: UTF8.self)
    guard !file.isEmpty else { return nil }
    // Text of a file goes over several lines of it, as it does of the .cf.
    let passed = run.isFile ? lines(from: run.start, to: offset) : 0
    let place = SourcePosition(file: file, line: run.line + passed)
    let request = map.request(for: run, in: Array(site.utf8)) {
      !SiteCall.layoutNames.contains(String(decoding: $0, as: UTF8.self))
    }
    guard let call = request else {
      return Origin(place: place, request: nil, requestPlace: nil)
    }
    let name = String(decoding: map.names[Int(call.name)], as: UTF8.self)
    let argument = map.argument(of: call).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let shown =
      argument.split(separator: "\n", omittingEmptySubsequences: false).first.map { String($0.prefix(60)) } ?? ""
    return Origin(
      place: place, request: "\(name)(`\(shown)')",
      requestPlace: SourcePosition(file: site, line: Int(call.line), column: Int(call.column)))
  }

  private func lines(from start: Int, to end: Int) -> Int { linesBegun(by: end) - linesBegun(by: start) }

  private func linesBegun(by offset: Int) -> Int { partitionPoint(of: lineStarts.count) { lineStarts[$0] > offset } }
}
