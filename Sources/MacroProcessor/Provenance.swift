// Provenance.swift: which calls led to a piece of text.
//
// While it is on, each call gets a record that points to the record of the call in whose
// expansion its name stood:
//
//     site.mc:3 FEATURE ◄── feature/x.m4:7 _RULE ◄── feature/x.m4:2 ifdef
//
// Blocks of input carry the record of the call that laid them down, so the calls behind any
// text, message or byte of output are the way from its block's record to the root.

import CShims

/// A call, and the one that led to it.
package struct CallRecord: BitwiseCopyable, Sendable {
  /// Number of the name.
  package let name: Int32
  /// Number of the file's name, and the line.
  package let file: Int32
  package let line: Int32
  /// From 1; 0 where the name stands in an expansion.
  package let column: Int32
  /// The call in whose expansion the name stands; -1 where that is a file from the command line.
  package let parent: Int32
  /// The call that gave the name its meaning or, of ifdef, the name that it asks for; -1 where none did.
  package fileprivate(set) var cause: Int32
  /// Number of the first argument, where the name stands in a file from the command line; else -1.
  package let argument: Int32

  package init(
    name: Int32, file: Int32, line: Int32, column: Int32, parent: Int32, cause: Int32, argument: Int32
  ) {
    (self.name, self.file, self.line, self.column) = (name, file, line, column)
    (self.parent, self.cause, self.argument) = (parent, cause, argument)
  }
}

struct Provenance: ~Copyable {
  private(set) var isOn = false
  /// The quoted string or comment that was begun last: its column, and the call that laid it down.
  var token: (column: Int32, call: Int32) = (0, -1)
  /// What is odd in files from the command line, in the order in which it was come upon.
  var slips: [Slip] = []
  private(set) var records: [CallRecord] = []
  private(set) var firstArguments: [[UInt8]] = []

  mutating func turnOn() {
    isOn = true
    // As many as a usual site file takes.
    records.reserveCapacity(1 << 12)
  }

  mutating func add(_ record: CallRecord) -> Int32 {
    records.append(record)
    return Int32(truncatingIfNeeded: records.count - 1)
  }

  mutating func keep(_ firstArgument: Bytes) -> Int32 {
    firstArguments.append(Array(firstArgument))
    return Int32(truncatingIfNeeded: firstArguments.count - 1)
  }

  mutating func setCause(of record: Int32, _ cause: Int32) {
    if record >= 0, record < records.count { records[Int(record)].cause = cause }
  }
}

extension Processor {
  /// Keeps the calls behind every text from now on, for messages.
  ///
  /// - Parameter mapsOutput: keep them for each byte of the output, too.
  package mutating func keepProvenance(mapsOutput: Bool) {
    provenance.turnOn()
    isWatched = true
    if mapsOutput { diversions.mapOrigins() }
  }

  /// Records the call that is about to be carried out; what it lays down comes from it.
  mutating func recordCall(_ call: Invocation) {
    let isRequest = site.isInMain && call.count > 0
    if isRequest { spellOutArgument(1, of: call) }
    site.call = provenance.add(
      CallRecord(
        name: call.symbol, file: site.location.file, line: site.location.line, column: site.column,
        parent: site.call, cause: symbols[definition: call.definition].call,
        argument: isRequest ? provenance.keep(argument(1, of: call)) : -1))
    if isRequest { noteSlips(around: call) }
  }

  /// The calls that led to text of a record, the nearest first.
  func steps(to record: Int32) -> [CallStep] {
    var steps: [CallStep] = []
    var next = record
    while next >= 0, steps.count < Self.mostSteps {
      let record = provenance.records[Int(next)]
      steps.append(
        CallStep(
          name: Array(symbols[record.name].bytes), file: fileNames[Int(record.file)],
          line: Int(record.line), column: Int(record.column),
          argument: record.argument < 0 ? nil : provenance.firstArguments[Int(record.argument)]))
      next = record.parent
    }
    return steps
  }

  /// Tells a message what it is about and which calls led there.
  func explain(_ message: inout Message, _ subject: MessageSubject) {
    var inner = frames.count
    switch subject {
    case .call: (message.column, message.steps) = (Int(site.column), steps(to: site.call))
    case .token: (message.column, message.steps) = (Int(provenance.token.column), [])
    case .arguments where inner > 0:
      inner -= 1
      let frame = frames[inner]
      message.column = Int(frame.site.column)
      message.line = Int(frame.site.location.line)
      message.file = fileNames[Int(frame.site.location.file)]
      message.steps = [step(frame)] + steps(to: frame.site.call)
    case .arguments: break
    }
    message.open = (max(inner - Self.mostOpen, 0)..<inner).reversed().map { step(frames[$0]) }
  }

  private func step(_ frame: Frame) -> CallStep {
    let first = frame.firstArgument < arguments.count ? arguments[frame.firstArgument] : nil
    // While its first argument is being collected, those there are of calls within it.
    let isOwn = first.map { $0.length > 0 && $0.start + $0.length <= frame.argumentStart } ?? false
    let isText = isOwn && first.map { $0.builtin == nil && $0.referenceCount == 0 } ?? false
    return CallStep(
      name: Array(symbols[frame.symbol].bytes), file: fileNames[Int(frame.site.location.file)],
      line: Int(frame.site.location.line), column: Int(frame.site.column),
      argument: isText ? first.map { Array(argumentText.slice($0.start, $0.length)) } : nil)
  }

  private static var mostOpen: Int { 8 }

  /// People read no more.
  private static var mostSteps: Int { 100 }

  /// Where a byte of the top block stands in its line, from 1; 0 where that is no file.
  func column(of place: UnsafePointer<UInt8>) -> Int32 {
    guard !blocks.isEmpty, blocks.top.kind == .file, let start = openFiles.last?.start else { return 0 }
    return Int32(truncatingIfNeeded: place - waybill_behind_last(start, place, 0x0A) + 1)
  }

  /// Tells the diversions where the text that follows comes from.
  mutating func markOutput(from place: UnsafePointer<UInt8>) {
    guard !blocks.isEmpty else {
      diversions.origin = .none
      return
    }
    let reading = cursor
    cursor = place + 1
    let location = currentLocation()
    cursor = reading
    markOutput(at: location)
  }

  mutating func markOutput(at location: Location) {
    let block = blocks.isEmpty ? nil : blocks.top
    diversions.origin = TextOrigin(location: location, call: block?.call ?? -1, isFile: block?.kind == .file)
  }

  /// The names of all macros.
  var definedNames: [String] {
    symbols.allSymbols.filter { symbols[$0].definition >= 0 }.map { String(decoding: symbols[$0].bytes, as: UTF8.self) }
  }
}
