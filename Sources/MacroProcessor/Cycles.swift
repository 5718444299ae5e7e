// Cycles.swift: which macros call each other without end.
//
// The last calls that were carried out tell, of which a few are kept while limits hold, or
// else the calls that are still open. The shortest piece that repeats to the end is the cycle.

/// A step of a cycle: a macro, and where it was called.
package struct CallStep: Sendable, Equatable {
  package let name: [UInt8]
  package let file: [UInt8]
  package let line: Int
  /// From 1; 0 where the name stands in no file or it was not kept.
  package let column: Int
  /// The first argument, where that was kept.
  package let argument: [UInt8]?

  package init(name: [UInt8], file: [UInt8], line: Int, column: Int = 0, argument: [UInt8]? = nil) {
    self.name = name
    self.file = file
    self.line = line
    self.column = column
    self.argument = argument
  }
}

/// The last calls, for finding out what repeats.
struct RecentCalls: ~Copyable {
  struct Entry: BitwiseCopyable {
    let symbol: SymbolID
    let isText: Bool
    let location: Location
  }

  /// A power of two.
  private static var kept: Int { 64 }

  private var entries = Stack<Entry>(capacity: kept)
  private var next = 0

  @inline(__always)
  mutating func add(_ entry: Entry) {
    if entries.count < Self.kept { entries.push(entry) } else { entries[next] = entry }
    next = (next &+ 1) & (Self.kept &- 1)
  }

  var count: Int { entries.count }

  /// Oldest first.
  var all: [Entry] {
    let start = entries.count < Self.kept ? 0 : next
    return (0..<entries.count).map { entries[(start + $0) % entries.count] }
  }
}

extension Processor {
  /// The cycle that the calls are in; empty where nothing repeats.
  func cycle() -> [CallStep] {
    let calls = recent.all
    let texts = calls.filter(\.isText)
    let carriedOut = Self.repeated(texts.isEmpty ? calls : texts)
    return (carriedOut.isEmpty ? Self.repeated(openCalls) : carriedOut).map { step in
      CallStep(
        name: Array(symbols[step.symbol].bytes), file: fileNames[Int(step.location.file)],
        line: Int(step.location.line))
    }
  }

  /// The innermost calls whose arguments are not complete.
  private var openCalls: [RecentCalls.Entry] {
    guard frames.count > 64 else { return [] }
    return (0..<frames.count).suffix(512).map { index in
      RecentCalls.Entry(symbol: frames[index].symbol, isText: true, location: frames[index].site.location)
    }
  }

  /// The shortest piece that stands at the end three times at least.
  private static func repeated(_ calls: [RecentCalls.Entry]) -> [RecentCalls.Entry] {
    guard calls.count >= 3 else { return [] }
    for length in 1...(calls.count / 3) {
      let end = calls.suffix(length * 3)
      let isRepeated = zip(end, end.dropFirst(length)).allSatisfy { $0.symbol == $1.symbol }
      if isRepeated { return Array(calls.suffix(length)) }
    }
    return []
  }
}

extension CallStep {
  /// As messages show a cycle: `a' (file:1) -> `b' (file:2) -> `a'
  static func text(_ cycle: [CallStep]) -> MessageText? {
    guard let first = cycle.first else { return nil }
    var text: MessageText = "the calls repeat: "
    for step in cycle {
      text.bytes += ("`\(step.name)'" as MessageText).bytes
      if !step.file.isEmpty { text.bytes += (" (\(step.file):\(step.line))" as MessageText).bytes }
      text.bytes += Array(" -> ".utf8)
    }
    text.bytes += ("`\(first.name)'" as MessageText).bytes
    return text
  }
}
