// Provenance.swift: which calls led to a piece of text.
//
// While it is on, each call gets a record that points to the record of the call in whose
// expansion its name stood:
//
//     site.mc:3 FEATURE ◄── feature/x.m4:7 _RULE ◄── feature/x.m4:2 ifdef
//
// Blocks of input carry the record of the call that laid them down, so the calls behind any
// text, message or byte of output are the way from its block's record to the root.

/// A call, and the one that led to it.
struct CallRecord: BitwiseCopyable {
  let symbol: SymbolID
  /// -1 where the name stands in a file from the command line.
  let parent: Int32
  let location: Location
  let column: Int32
}

struct Provenance: ~Copyable {
  private(set) var isOn = false
  private(set) var records = Stack<CallRecord>()

  mutating func turnOn() { isOn = true }

  mutating func add(_ record: CallRecord) -> Int32 {
    records.push(record)
    return Int32(truncatingIfNeeded: records.count - 1)
  }
}

extension Processor {
  /// Keeps the calls behind every text from now on, for messages and for the map of the output.
  package mutating func keepProvenance() {
    provenance.turnOn()
    diversions.isMapped = true
    isWatched = true
  }

  /// Records the call that is about to be carried out; what it lays down comes from it.
  mutating func recordCall(_ symbol: SymbolID) {
    site.call = provenance.add(
      CallRecord(symbol: symbol, parent: site.call, location: site.location, column: site.column))
  }

  /// The calls that led to text of a record, the nearest first.
  func steps(to record: Int32) -> [CallStep] {
    var steps: [CallStep] = []
    var next = record
    while next >= 0, steps.count < Self.mostSteps {
      let record = provenance.records[Int(next)]
      steps.append(
        CallStep(
          name: Array(symbols[record.symbol].bytes), file: fileNames[Int(record.location.file)],
          line: Int(record.location.line), column: Int(record.column)))
      next = record.parent
    }
    return steps
  }

  /// People read no more.
  private static var mostSteps: Int { 100 }

  /// Where a byte of the top block stands in its line, from 1; 0 where that is no file.
  func column(of place: UnsafePointer<UInt8>) -> Int32 {
    guard !blocks.isEmpty, blocks.top.kind == .file, let start = openFiles.last?.baseAddress else { return 0 }
    var at = place
    while at > UnsafePointer(start), (at - 1).pointee != 0x0A { at -= 1 }
    return Int32(truncatingIfNeeded: place - at + 1)
  }

  /// Tells the diversions where the text that follows comes from.
  mutating func markOutput(from place: UnsafePointer<UInt8>) {
    guard !blocks.isEmpty else { return diversions.origin = .none }
    let isFile = blocks.top.kind == .file
    let reading = cursor
    cursor = place + 1
    let location = currentLocation()
    cursor = reading
    diversions.origin = TextOrigin(location: location, call: blocks.top.call, isFile: isFile)
  }
}
