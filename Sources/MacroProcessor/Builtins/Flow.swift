// Flow.swift: include, divert, undivert, dnl, errprint, m4wrap, m4exit.

import Glibc
import Posix

/// What m4wrap saved, and the call that did.
struct WrappedText {
  let text: [UInt8]
  let site: CallSite
}

extension Processor {
  /// A file that includes itself ends here. GNU m4 has a descriptor for each open file
  /// and ends where they do, in the same words.
  private static var mostOpenFiles: Int { 1000 }

  mutating func include(_ call: Invocation, silently: Bool) throws(Stop) {
    let path = Array(argument(1, of: call))
    guard openFiles.count < Self.mostOpenFiles else {
      try fail("cannot open `\(path)': \(Errno(EMFILE))")
      return
    }
    switch try findIncluded(path) {
    case .contents(let contents, let name): push(contents: contents, name: name, isMain: false)
    case .failure(let error):
      if !silently { try fail("cannot open `\(path)': \(error)") }
    case .refused: break
    }
  }

  mutating func divert(_ call: Invocation) throws(Stop) {
    if call.count == 0 {
      divert(to: 0)
    } else if let number = try number(1, of: call) {
      divert(to: number)
    }
  }

  private mutating func divert(to number: Int32) {
    guard number != diversions.current else { return }
    diversions.divert(to: number)
    synclines.line = -1
  }

  private mutating func undivert(_ number: Int32) {
    if diversions.undivert(number) { synclines.line = -1 }
  }

  /// undivert: diversions by number, files by name, or all diversions.
  mutating func undivert(_ call: Invocation) throws(Stop) {
    if call.count == 0 {
      if diversions.undivertAll() { synclines.line = -1 }
      return
    }
    for index in 1...call.count {
      let text = argument(index, of: call)
      if text.isEmpty {
        continue
      } else if let number = Self.diversionNumber(text) {
        undivert(number)
      } else if isTraditional {
        try warn("non-numeric argument to builtin `\(argument(0, of: call))'")
      } else {
        try undivertFile(Array(text))
      }
    }
  }

  private mutating func undivertFile(_ path: [UInt8]) throws(Stop) {
    switch try findIncluded(path) {
    case .contents(let contents, let name):
      diversions.origin = TextOrigin(
        location: Location(file: fileNumber(name), line: 1), call: site.call, isFile: true)
      withExtendedLifetime(contents) { diversions.put(contents.bytes) }
    case .failure(let error): try warn("cannot undivert `\(path)': \(error)")
    case .refused: break
    }
  }

  /// As strtol reads an `int`, without blanks: larger numbers wrap.
  private static func diversionNumber(_ text: Bytes) -> Int32? {
    var digits = text[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
    guard let value = Int(String(decoding: digits, as: UTF8.self)) else { return isNegative ? 0 : -1 }
    return Int32(truncatingIfNeeded: isNegative ? -value : value)
  }

  /// dnl: drops the rest of the line, its newline included.
  mutating func discardLine() throws(Stop) {
    spellOutReference()
    let file = currentFile
    while true {
      let rest = Bytes(start: cursor, count: limit - cursor)
      if let newline = firstIndex(of: 0x0A, in: rest) {
        cursor += newline + 1
        // A line that began in an included file may end in another one.
        if isTracedCall, currentFile != file { site.location = currentLocation() }
        return
      }
      cursor = limit
      guard nextBlock() else {
        try warn("Warning: end of file treated as newline")
        // Whoever asks now where we are is nowhere.
        site.location = .none
        return
      }
    }
  }

  private var currentFile: Int32 { blocks.isEmpty ? 0 : blocks.top.location.file }

  mutating func printError(_ call: Invocation) {
    var text: [UInt8] = []
    for index in 1...call.count {
      if index > 1 { text.append(0x20) }
      text += argument(index, of: call)
    }
    if let receive = surroundings.receive {
      try? diversions.flush()
      meter.messageBytes &+= text.count
      receive(
        Message(
          severity: .printed, text: text, file: fileNames[Int(site.location.file)],
          line: Int(site.location.line), originFile: fileNames[Int(site.origin.file)],
          originLine: Int(site.origin.line)))
    } else {
      writeMessage(text)
    }
  }

  /// m4wrap: keeps its arguments, joined by spaces, to be read at the end.
  mutating func saveForEnd(_ call: Invocation) {
    var text: [UInt8] = []
    for index in 1...(isTraditional ? 1 : call.count) {
      if index > 1 { text.append(0x20) }
      text += argument(index, of: call)
    }
    wrapped.append(WrappedText(text: text, site: site))
  }

  mutating func exit(_ call: Invocation) throws(Stop) {
    var code: Int32 = 0
    if call.count > 0 {
      if let given = try number(1, of: call) { code = given } else { code = 1 }
    }
    if !(0...255).contains(code) {
      try warn("exit status out of range: `\(Int(code))'")
      code = 1
    }
    // What cannot be written shows in a status that would be 0.
    closeDebugFile()
    try? diversions.flush()
    throw .exit(code == 0 ? status : code)
  }
}
