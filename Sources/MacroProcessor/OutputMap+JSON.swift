// OutputMap+JSON.swift: the map of an output as others read it.

import Diagnostics

extension OutputMap {
  /// The map as JSON, on lines of its own for each call and run (docs/source-map.md). Of the calls it has those that
  /// the output came from.
  ///
  /// - Parameter members: what stands before the lists.
  package func json(_ members: [(String, JSONValue)] = []) -> [UInt8] {
    var text = JSONText(capacity: 1 << 12 + calls.count * 24 + runs.count * 20)
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
      text.add(quoted: files[index][...])
    }
    text.add("\n],\n\"calls\":[")
    let numbers = CallNumbers(self)
    for index in numbers.wanted.indices {
      text.add(index > 0 ? ",\n[" : "\n[")
      add(calls[Int(numbers.wanted[index])], numbers, to: &text)
    }
    text.add("\n],\n\"runs\":[")
    for index in runs.indices {
      text.add(index > 0 ? ",\n[" : "\n[")
      add(runs[index], numbers, to: &text)
    }
    text.add("\n]}\n")
    return text.bytes
  }

  private func add(_ call: CallRecord, _ numbers: CallNumbers, to text: inout JSONText) {
    text.add(quoted: names[Int(call.name)])
    for number in [Int(call.file), Int(call.line), Int(call.column), numbers[call.parent], numbers[call.cause]] {
      text.addComma()
      text.add(number)
    }
    if let argument = argument(of: call) {
      text.addComma()
      text.add(quoted: argument[...])
    }
    text.add("]")
  }

  private func add(_ run: Run, _ numbers: CallNumbers, to text: inout JSONText) {
    text.add(run.start)
    let call = numbers[Int32(truncatingIfNeeded: run.call)]
    for number in [run.file, run.line, call, run.isFile ? 1 : 0] {
      text.addComma()
      text.add(number)
    }
    text.add("]")
  }
}

/// New numbers for the calls that the runs of a map came from.
private struct CallNumbers {
  /// For each call; -1 where it is not needed.
  private var numbers: [Int32]
  /// By their new numbers.
  private(set) var wanted: [Int32] = []

  init(_ map: OutputMap) {
    numbers = [Int32](repeating: -1, count: map.calls.count)
    for run in map.runs { want(Int32(truncatingIfNeeded: run.call), map.calls) }
  }

  subscript(call: Int32) -> Int { numbers.indices.contains(Int(call)) ? Int(numbers[Int(call)]) : -1 }

  /// Adds a call with all that led to it.
  private mutating func want(_ call: Int32, _ calls: [CallRecord]) {
    var next = wanted.count
    number(call)
    while next < wanted.count {
      let record = calls[Int(wanted[next])]
      number(record.cause)
      number(record.parent)
      next += 1
    }
  }

  private mutating func number(_ call: Int32) {
    guard numbers.indices.contains(Int(call)), numbers[Int(call)] < 0 else { return }
    numbers[Int(call)] = Int32(truncatingIfNeeded: wanted.count)
    wanted.append(call)
  }
}
