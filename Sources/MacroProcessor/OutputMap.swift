// OutputMap.swift: for each byte of the output, the file, line and calls that it came from.
//
//     output:   ┌───────┬──────────────┬────┬ … runs of bytes with one origin
//     calls:    a tree; each run has the call that gave it, each call the one that led to it
//
// Runs go with their text through diversions. Text of a file counts its own lines: one run
// may go over several.

import Diagnostics

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
  package struct Call: Sendable, Equatable {
    package let name: [UInt8]
    package let file: Int
    package let line: Int
    /// From 1; 0 where the name stands in an expansion.
    package let column: Int
    /// Index of the call in whose expansion the name stands, or -1.
    package let parent: Int
    /// Index of the call that gave the name its meaning or, of ifdef, the name that it asks for; or -1.
    package let cause: Int
    /// The first argument, where the name stands in a file that was given to be expanded.
    package let argument: [UInt8]?

    package init(
      name: [UInt8], file: Int, line: Int, column: Int, parent: Int, cause: Int, argument: [UInt8]?
    ) {
      (self.name, self.file, self.line, self.column) = (name, file, line, column)
      (self.parent, self.cause, self.argument) = (parent, cause, argument)
    }
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

    package init(start: Int, file: Int, line: Int, call: Int, isFile: Bool) {
      (self.start, self.file, self.line, self.call, self.isFile) = (start, file, line, call, isFile)
    }
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
    calls(from: run.call).map { CallStep(name: $0.name, file: file($0.file), line: $0.line, column: $0.column) }
  }

  /// The call in a file that made a run what it is: in whose expansion it is or else the one
  /// that defined a name without which it were not there.
  ///
  /// - Parameter isRequest: whether a name asks for anything; others are passed by.
  package func request(
    for run: Run, in file: [UInt8], where isRequest: (_ name: [UInt8]) -> Bool = { _ in true }
  ) -> Call? {
    var seen: Set<Int> = []
    var waiting = [run.call]
    while let index = waiting.popLast() {
      let way = calls(from: index)
      if let call = way.first(where: { $0.argument != nil && self.file($0.file) == file && isRequest($0.name) }) {
        return call
      }
      // The nearest one's cause comes next.
      waiting += way.map(\.cause).filter { seen.insert($0).inserted }.reversed()
    }
    return nil
  }

  /// A call and those around it, outwards.
  private func calls(from index: Int) -> [Call] {
    var way: [Call] = []
    var next = index
    while calls.indices.contains(next), way.count <= calls.count {
      way.append(calls[next])
      next = calls[next].parent
    }
    return way
  }

  package func file(_ index: Int) -> [UInt8] { files.indices.contains(index) ? files[index] : [] }
}

extension Processor {
  /// The map of what `takeOutput` gives, with the calls that its bytes came from and no others.
  package mutating func takeMap() -> OutputMap {
    let origins = diversions.takeOrigins()
    var numbers = CallNumbers(count: provenance.records.count)
    for run in origins.runs { numbers.want(run.origin.call, provenance.records) }
    // Many calls have the same name, which they share.
    var names = [[UInt8]?](repeating: nil, count: symbols.allSymbols.count)
    let calls = (0..<numbers.wanted.count).map { place -> OutputMap.Call in
      let record = provenance.records[Int(numbers.wanted[place])]
      let name = names[Int(record.symbol)] ?? Array(symbols[record.symbol].bytes)
      names[Int(record.symbol)] = name
      return OutputMap.Call(
        name: name, file: Int(record.location.file), line: Int(record.location.line),
        column: Int(record.column), parent: numbers[record.parent], cause: numbers[record.cause],
        argument: record.argument < 0 ? nil : provenance.firstArguments[Int(record.argument)])
    }
    var runs: [OutputMap.Run] = []
    runs.reserveCapacity(origins.runs.count)
    var start = 0
    for run in origins.runs {
      let origin = run.origin
      runs.append(
        OutputMap.Run(
          start: start, file: Int(origin.location.file), line: Int(origin.location.line), call: numbers[origin.call],
          isFile: origin.isFile))
      start += run.count
    }
    return OutputMap(files: fileNames, calls: calls, runs: runs)
  }
}

/// New numbers for the calls that a map needs.
private struct CallNumbers: ~Copyable {
  /// For each call; -1 where it is not needed.
  private let numbers: UnsafeMutablePointer<Int32>
  /// By their new numbers.
  private(set) var wanted = Stack<Int32>(capacity: 256)

  init(count: Int) {
    numbers = .allocate(capacity: max(count, 1))
    numbers.initialize(repeating: -1, count: count)
  }

  deinit { numbers.deallocate() }

  subscript(call: Int32) -> Int { call < 0 ? -1 : Int(numbers[Int(call)]) }

  /// Adds a call with all that led to it.
  mutating func want(_ call: Int32, _ records: borrowing Stack<CallRecord>) {
    var next = wanted.count
    number(call)
    while next < wanted.count {
      let record = records[Int(wanted[next])]
      number(record.cause)
      number(record.parent)
      next += 1
    }
  }

  private mutating func number(_ call: Int32) {
    guard call >= 0, numbers[Int(call)] < 0 else { return }
    numbers[Int(call)] = Int32(truncatingIfNeeded: wanted.count)
    wanted.push(call)
  }
}

extension OutputMap {
  /// The map as JSON, on lines of its own for each call and run (docs/source-map.md).
  ///
  /// - Parameter members: what stands before the lists.
  package func json(_ members: [(String, JSONValue)] = []) -> String {
    func list(_ name: String, _ values: [JSONValue]) -> String {
      "\"\(name)\":[" + values.map { "\n" + $0.text }.joined(separator: ",") + "\n]"
    }
    let files = files.map { JSONValue.string(String(decoding: $0, as: UTF8.self)) }
    let calls = calls.map { call in
      JSONValue.array(
        [.string(String(decoding: call.name, as: UTF8.self))]
          + [call.file, call.line, call.column, call.parent, call.cause].map(JSONValue.number)
          + (call.argument.map { [.string(String(decoding: $0, as: UTF8.self))] } ?? []))
    }
    let runs = runs.map { run in
      JSONValue.array([run.start, run.file, run.line, run.call, run.isFile ? 1 : 0].map(JSONValue.number))
    }
    let head = members.map { "\"\($0.0)\":\($0.1.text),\n" }.joined()
    return "{\"version\":1,\n" + head
      + [list("files", files), list("calls", calls), list("runs", runs)].joined(separator: ",\n")
      + "}\n"
  }
}
