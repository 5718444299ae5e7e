// Flow.swift: include, divert, undivert, dnl, errprint, m4wrap, m4exit.

import Glibc
import Posix

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
      diversions.divert(to: 0)
    } else if let number = try number(1, of: call) {
      diversions.divert(to: number)
    }
  }

  /// undivert: diversions by number, files by name, or all diversions.
  mutating func undivert(_ call: Invocation) throws(Stop) {
    if call.count == 0 {
      diversions.undivertAll()
      return
    }
    for index in 1...call.count {
      let text = argument(index, of: call)
      if let number = Self.diversionNumber(text) {
        diversions.undivert(number)
      } else if !text.isEmpty {
        try undivertFile(Array(text))
      }
    }
  }

  private mutating func undivertFile(_ path: [UInt8]) throws(Stop) {
    switch try findIncluded(path) {
    case .contents(let contents, _): contents.withUnsafeBufferPointer { diversions.append($0) }
    case .failure(let error): try fail("cannot undivert `\(path)': \(error)")
    case .refused: break
    }
  }

  private static func diversionNumber(_ text: Bytes) -> Int32? {
    var digits = text[...]
    while let first = digits.first, first == 0x20 || (0x09...0x0D).contains(first) {
      digits = digits.dropFirst()
    }
    return Int32(String(decoding: digits, as: UTF8.self))
  }

  /// dnl: drops the rest of the line, its newline included.
  mutating func discardLine() throws(Stop) {
    spellOutReference()
    while true {
      let rest = Bytes(start: cursor, count: limit - cursor)
      if let newline = firstIndex(of: 0x0A, in: rest) {
        cursor += newline + 1
        return
      }
      cursor = limit
      guard blocks.count > 1 else {
        try warn("Warning: end of file treated as newline")
        return
      }
      popBlock()
    }
  }

  mutating func printError(_ call: Invocation) {
    var text: [UInt8] = []
    for index in 1...call.count {
      if index > 1 { text.append(0x20) }
      text += argument(index, of: call)
    }
    if let receive = surroundings.receive {
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
    for index in 1...call.count {
      if index > 1 { text.append(0x20) }
      text += argument(index, of: call)
    }
    wrapped.append((text, site.location, site.origin))
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
    throw .exit(code == 0 ? status : code)
  }
}
