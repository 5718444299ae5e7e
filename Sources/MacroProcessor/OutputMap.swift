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
  /// Bytes with one origin.
  struct Run: BitwiseCopyable {
    var count: Int
    let origin: TextOrigin
  }

  private(set) var runs: [Run] = []

  mutating func reserve(_ count: Int) { runs.reserveCapacity(count) }

  mutating func add(_ count: Int, _ origin: TextOrigin) {
    guard count > 0 else { return }
    if let last = runs.indices.last, runs[last].origin == origin, !origin.isFile {
      runs[last].count += count
    } else {
      runs.append(Run(count: count, origin: origin))
    }
  }

  mutating func add(_ others: TextOrigins) {
    for run in others.runs { add(run.count, run.origin) }
  }
}

/// The map of an output, on its own.
package struct OutputMap: Sendable {
  package struct Run: Sendable, Equatable {
    /// The first byte of the output.
    package let start: Int
    package let file: Int
    package let line: Int
    /// Index of the call that gave the bytes, or -1.
    package let call: Int
    /// Whether the bytes stand in the file themselves, so that lines go on counting.
    package let isFile: Bool

    package init(start: Int, file: Int, line: Int, call: Int, isFile: Bool) {
      (self.start, self.file, self.line, self.call, self.isFile) = (start, file, line, call, isFile)
    }
  }

  package let files: [[UInt8]]
  package let names: NameList
  package let arguments: [[UInt8]]
  /// All that were carried out, or those that matter.
  package let calls: [CallRecord]
  package let runs: [Run]

  package init(files: [[UInt8]], names: NameList, arguments: [[UInt8]], calls: [CallRecord], runs: [Run]) {
    (self.files, self.names, self.arguments, self.calls, self.runs) = (files, names, arguments, calls, runs)
  }

  package func argument(of call: CallRecord) -> [UInt8]? {
    arguments.indices.contains(Int(call.argument)) ? arguments[Int(call.argument)] : nil
  }

  /// Where a byte came from: its run, or nil beyond the end.
  package func run(at offset: Int) -> Run? {
    let next = partitionPoint(of: runs.count) { runs[$0].start > offset }
    return next > 0 ? runs[next - 1] : nil
  }

  /// The calls that led to a run, the nearest first.
  package func steps(to run: Run) -> [CallStep] {
    calls(from: run.call).map {
      CallStep(name: Array(names[Int($0.name)]), file: file(Int($0.file)), line: Int($0.line), column: Int($0.column))
    }
  }

  /// The call in a file that made a run what it is: in whose expansion it is or else the one
  /// that defined a name without which it were not there.
  ///
  /// - Parameter isRequest: whether a name asks for anything; others are passed by.
  package func request(
    for run: Run, in file: [UInt8], where isRequest: (_ name: ArraySlice<UInt8>) -> Bool = { _ in true }
  ) -> CallRecord? {
    var seen: Set<Int> = []
    var waiting = [run.call]
    while let index = waiting.popLast() {
      let way = calls(from: index)
      if let call = way.first(where: {
        $0.argument >= 0 && self.file(Int($0.file)) == file && isRequest(names[Int($0.name)])
      }) {
        return call
      }
      // The nearest one's cause comes next.
      waiting += way.map { Int($0.cause) }.filter { seen.insert($0).inserted }.reversed()
    }
    return nil
  }

  /// A call and those around it, outwards.
  private func calls(from index: Int) -> [CallRecord] {
    var way: [CallRecord] = []
    var next = index
    while calls.indices.contains(next), way.count <= calls.count {
      way.append(calls[next])
      next = Int(calls[next].parent)
    }
    return way
  }

  package func file(_ index: Int) -> [UInt8] { files.indices.contains(index) ? files[index] : [] }
}

extension Processor {
  /// The map of what `takeOutput` gives.
  package mutating func takeMap() -> OutputMap {
    var runs: [OutputMap.Run] = []
    let origins = diversions.takeOrigins().runs
    runs.reserveCapacity(origins.count)
    var start = 0
    for run in origins {
      let origin = run.origin
      runs.append(
        OutputMap.Run(
          start: start, file: Int(origin.location.file), line: Int(origin.location.line), call: Int(origin.call),
          isFile: origin.isFile))
      start += run.count
    }
    var names = NameList()
    for symbol in symbols.allSymbols { names.append(symbols[symbol].bytes) }
    return OutputMap(
      files: fileNames, names: names, arguments: provenance.firstArguments, calls: provenance.records, runs: runs)
  }
}
