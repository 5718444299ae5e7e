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
  package struct Call: BitwiseCopyable, Sendable, Equatable {
    /// Index in `texts`.
    package let name: Int32
    package let file: Int32
    package let line: Int32
    /// From 1; 0 where the name stands in an expansion.
    package let column: Int32
    /// Index of the call in whose expansion the name stands, or -1.
    package let parent: Int32
    /// Index of the call that gave the name its meaning or, of ifdef, the name that it asks for; or -1.
    package let cause: Int32
    /// Index in `texts` of the first argument, where the name stands in a file that was given to be expanded;
    /// or -1.
    package let argument: Int32

    package init(
      name: Int32, file: Int32, line: Int32, column: Int32, parent: Int32, cause: Int32, argument: Int32
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
  /// Names and arguments of calls.
  package private(set) var texts: [[UInt8]] = []
  package private(set) var calls: [Call] = []
  package private(set) var runs: [Run] = []

  package init() {}

  package init(files: [[UInt8]], texts: [[UInt8]], calls: [Call], runs: [Run]) {
    (self.files, self.texts, self.calls, self.runs) = (files, texts, calls, runs)
  }

  package func name(of call: Call) -> [UInt8] { text(call.name) ?? [] }
  package func argument(of call: Call) -> [UInt8]? { text(call.argument) }

  private func text(_ index: Int32) -> [UInt8]? { texts.indices.contains(Int(index)) ? texts[Int(index)] : nil }

  /// Where a byte came from: its run, or nil beyond the end.
  package func run(at offset: Int) -> Run? {
    let next = partitionPoint(of: runs.count) { runs[$0].start > offset }
    return next > 0 ? runs[next - 1] : nil
  }

  /// The calls that led to a run, the nearest first.
  package func steps(to run: Run) -> [CallStep] {
    calls(from: run.call).map {
      CallStep(name: name(of: $0), file: file(Int($0.file)), line: Int($0.line), column: Int($0.column))
    }
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
      if let call = way.first(where: {
        $0.argument >= 0 && self.file(Int($0.file)) == file && isRequest(name(of: $0))
      }) {
        return call
      }
      // The nearest one's cause comes next.
      waiting += way.map { Int($0.cause) }.filter { seen.insert($0).inserted }.reversed()
    }
    return nil
  }

  /// A call and those around it, outwards.
  private func calls(from index: Int) -> [Call] {
    var way: [Call] = []
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
  /// The map of what `takeOutput` gives, with the calls that its bytes came from and no others.
  package mutating func takeMap() -> OutputMap {
    let origins = diversions.takeOrigins()
    var numbers = CallNumbers(count: provenance.records.count)
    for run in origins.runs { numbers.want(run.origin.call, provenance.records) }
    var texts: [[UInt8]] = []
    func add(_ text: [UInt8]) -> Int32 {
      texts.append(text)
      return Int32(truncatingIfNeeded: texts.count - 1)
    }
    // Many calls have the same name.
    var names = [Int32](repeating: -1, count: symbols.allSymbols.count)
    var calls: [OutputMap.Call] = []
    calls.reserveCapacity(numbers.wanted.count)
    for place in 0..<numbers.wanted.count {
      let record = provenance.records[Int(numbers.wanted[place])]
      let symbol = Int(record.symbol)
      if names[symbol] < 0 { names[symbol] = add(Array(symbols[record.symbol].bytes)) }
      calls.append(
        OutputMap.Call(
          name: names[symbol], file: record.location.file, line: record.location.line, column: record.column,
          parent: numbers[record.parent], cause: numbers[record.cause],
          argument: record.argument < 0 ? -1 : add(provenance.firstArguments[Int(record.argument)])))
    }
    var runs: [OutputMap.Run] = []
    runs.reserveCapacity(origins.runs.count)
    var start = 0
    for run in origins.runs {
      let origin = run.origin
      runs.append(
        OutputMap.Run(
          start: start, file: Int(origin.location.file), line: Int(origin.location.line),
          call: Int(numbers[origin.call]), isFile: origin.isFile))
      start += run.count
    }
    return OutputMap(files: fileNames, texts: texts, calls: calls, runs: runs)
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

  subscript(call: Int32) -> Int32 { call < 0 ? -1 : numbers[Int(call)] }

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
  package func json(_ members: [(String, JSONValue)] = []) -> [UInt8] {
    var text = JSONText()
    text.add("{\"version\":1,\n")
    for (name, value) in members {
      text.add(quoted: name)
      text.add(":")
      text.add(value)
      text.add(",\n")
    }
    text.add("\"files\":[")
    for index in files.indices {
      text.add(index > 0 ? ",\n" : "\n")
      text.add(quoted: files[index])
    }
    text.add("\n],\n\"calls\":[")
    for index in calls.indices {
      text.add(index > 0 ? ",\n[" : "\n[")
      add(calls[index], to: &text)
    }
    text.add("\n],\n\"runs\":[")
    for index in runs.indices {
      text.add(index > 0 ? ",\n[" : "\n[")
      add(runs[index], to: &text)
    }
    text.add("\n]}\n")
    return text.bytes
  }

  private func add(_ call: Call, to text: inout JSONText) {
    text.add(quoted: name(of: call))
    for number in [call.file, call.line, call.column, call.parent, call.cause] {
      text.addComma()
      text.add(Int(number))
    }
    if let argument = argument(of: call) {
      text.addComma()
      text.add(quoted: argument)
    }
    text.add("]")
  }

  private func add(_ run: Run, to text: inout JSONText) {
    text.add(run.start)
    for number in [run.file, run.line, run.call, run.isFile ? 1 : 0] {
      text.addComma()
      text.add(number)
    }
    text.add("]")
  }
}
