// OutputMap.swift: for each byte of the output, the file, line and calls that it came from.
//
//     output:   ┌───────┬──────────────┬────┬ … runs of bytes with one origin
//     calls:    a tree; each run has the call that gave it, each call the one that led to it
//
// Runs go with their text through diversions. Text of a file counts its own lines: one run
// may go over several.

/// Where text comes from.
struct TextOrigin: BitwiseCopyable, Equatable {
  /// Of a file: the line of the first byte. Else where the call stands that gave it.
  var location: Location
  /// Its record, or -1.
  var call: Int32
  /// Whether the bytes stand in a file themselves.
  var isFile: Bool

  static let none = TextOrigin(location: .none, call: -1, isFile: false)

  static func == (one: TextOrigin, other: TextOrigin) -> Bool {
    one.call == other.call && one.isFile == other.isFile && one.location.file == other.location.file
      && one.location.line == other.location.line
  }
}

/// The origins of a text, in the order of its bytes.
struct TextOrigins {
  private(set) var runs: [(count: Int, origin: TextOrigin)] = []

  mutating func add(_ count: Int, _ origin: TextOrigin) {
    guard count > 0 else { return }
    if let last = runs.indices.last, runs[last].origin == origin, !origin.isFile {
      runs[last].count += count
    } else {
      runs.append((count, origin))
    }
  }

  mutating func add(_ others: TextOrigins) {
    for run in others.runs { add(run.count, run.origin) }
  }
}

/// The map of an output, on its own.
package struct OutputMap: Sendable {
  package struct Call: Sendable, Equatable {
    package let name: [UInt8]
    package let file: Int
    package let line: Int
    /// From 1; 0 where the name stands in an expansion.
    package let column: Int
    /// Index of the call in whose expansion the name stands, or -1.
    package let parent: Int
  }

  package struct Run: Sendable, Equatable {
    /// The first byte of the output.
    package let start: Int
    package let file: Int
    package let line: Int
    /// Index of the call that gave the bytes, or -1.
    package let call: Int
    /// Whether the bytes stand in the file themselves, so that lines go on counting.
    package let isFile: Bool
  }

  package private(set) var files: [[UInt8]] = []
  package private(set) var calls: [Call] = []
  package private(set) var runs: [Run] = []

  package init() {}

  package init(files: [[UInt8]], calls: [Call], runs: [Run]) {
    (self.files, self.calls, self.runs) = (files, calls, runs)
  }

  /// Where a byte came from: its run, or nil beyond the end.
  package func run(at offset: Int) -> Run? {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].start <= offset { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? runs[low - 1] : nil
  }

  /// The calls that led to a run, the nearest first.
  package func steps(to run: Run) -> [CallStep] {
    var steps: [CallStep] = []
    var next = run.call
    while calls.indices.contains(next), steps.count <= calls.count {
      let call = calls[next]
      steps.append(CallStep(name: call.name, file: file(call.file), line: call.line, column: call.column))
      next = call.parent
    }
    return steps
  }

  package func file(_ index: Int) -> [UInt8] { files.indices.contains(index) ? files[index] : [] }
}

extension Processor {
  /// The map of what `takeOutput` gives, with the calls that its bytes came from and no others.
  package mutating func takeMap() -> OutputMap {
    var numbers: [Int32: Int] = [:]
    var calls: [OutputMap.Call] = []
    func number(of call: Int32) -> Int {
      // Outermost first, so that a parent has its number before its children.
      var way: [Int32] = []
      var next = call
      while next >= 0, numbers[next] == nil {
        way.append(next)
        next = provenance.records[Int(next)].parent
      }
      for id in way.reversed() {
        let record = provenance.records[Int(id)]
        numbers[id] = calls.count
        calls.append(
          OutputMap.Call(
            name: Array(symbols[record.symbol].bytes), file: Int(record.location.file), line: Int(record.location.line),
            column: Int(record.column), parent: record.parent < 0 ? -1 : numbers[record.parent] ?? -1))
      }
      return call < 0 ? -1 : numbers[call] ?? -1
    }
    var runs: [OutputMap.Run] = []
    var start = 0
    for (count, origin) in diversions.takeOrigins().runs {
      runs.append(
        OutputMap.Run(
          start: start, file: Int(origin.location.file), line: Int(origin.location.line), call: number(of: origin.call),
          isFile: origin.isFile))
      start += count
    }
    return OutputMap(files: fileNames, calls: calls, runs: runs)
  }
}
