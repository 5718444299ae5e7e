// Trace.swift: what debugmode, traceon and their kin show.
//
//     m4trace:FILE:LINE: -DEPTH- id N: name(`arguments') -> `expansion'
//                f  l      always   x          a     q     e

import Glibc
import Posix

package struct TraceFlags: OptionSet, Sendable {
  package let rawValue: UInt16

  static let arguments = TraceFlags(rawValue: 1 << 0)
  static let expansion = TraceFlags(rawValue: 1 << 1)
  static let quotes = TraceFlags(rawValue: 1 << 2)
  static let all = TraceFlags(rawValue: 1 << 3)
  static let line = TraceFlags(rawValue: 1 << 4)
  static let file = TraceFlags(rawValue: 1 << 5)
  static let pathSearches = TraceFlags(rawValue: 1 << 6)
  static let calls = TraceFlags(rawValue: 1 << 7)
  static let inputChanges = TraceFlags(rawValue: 1 << 8)
  static let callIDs = TraceFlags(rawValue: 1 << 9)

  static let initial: TraceFlags = [.arguments, .expansion, .quotes]

  /// The flags of letters such as `aeq`; nil where one is unknown.
  init?(letters: some Sequence<UInt8>) {
    var flags: TraceFlags = []
    for letter in letters {
      switch letter {
      case UInt8(ascii: "a"): flags.insert(.arguments)
      case UInt8(ascii: "e"): flags.insert(.expansion)
      case UInt8(ascii: "q"): flags.insert(.quotes)
      case UInt8(ascii: "t"): flags.insert(.all)
      case UInt8(ascii: "l"): flags.insert(.line)
      case UInt8(ascii: "f"): flags.insert(.file)
      case UInt8(ascii: "p"): flags.insert(.pathSearches)
      case UInt8(ascii: "c"): flags.insert(.calls)
      case UInt8(ascii: "i"): flags.insert(.inputChanges)
      case UInt8(ascii: "x"): flags.insert(.callIDs)
      case UInt8(ascii: "V"): flags = TraceFlags(rawValue: (1 << 10) - 1)
      default: return nil
      }
    }
    self = flags
  }

  /// The flags of -d, `aeq` where it has none.
  package init?(option letters: [UInt8]) {
    guard !letters.isEmpty else {
      self = .initial
      return
    }
    self.init(letters: letters)
  }

  package init(rawValue: UInt16) { self.rawValue = rawValue }
}

struct Trace: ~Copyable {
  var flags: TraceFlags = []
  var isOn = false
  /// Where traces go; -1 throws them away.
  var descriptor: Int32 = 2
  /// Whether they go where the output goes, and so are a part of it.
  var sharesOutput = false
  /// Longer arguments and expansions are cut; 0 means never (-l).
  var textLimit = 0
  /// The line of the call that is being carried out, which ends with its expansion.
  ///
  /// As GNU m4's, it is begun before the call and written after it, so that changed quotes
  /// and flags show in its second half only.
  var pending: [UInt8] = []
  /// Whether the call gave a text that happens to be empty, which is shown, and not nothing.
  var hasEmptyExpansion = false

  deinit { if descriptor > 2 { close(descriptor) } }
}

extension Processor {
  /// As -d.
  package mutating func setDebugFlags(_ flags: TraceFlags) { setFlags(flags) }

  /// As -t: traces a macro, whether it is defined or not.
  package mutating func traceMacro(_ name: [UInt8]) {
    let symbol = name.withUnsafeBufferPointer { symbols.intern($0) }
    symbols[symbol].isTraced = true
    trace.isOn = true
  }

  /// As -l.
  package mutating func limitTraceText(to length: Int) { trace.textLimit = length }

  /// As --debugfile and -o: where traces go from here on; standard error for nil.
  ///
  /// - Parameter shownName: GNU m4 names another file when it tells that this failed.
  package mutating func setDebugFile(
    _ path: [UInt8]?, shownName: [UInt8]
  ) throws(ProcessorExit) {
    site.location = .none
    guard let path else {
      closeDebugFile()
      return
    }
    do throws(Stop) {
      do throws(Errno) { try openDebugFile(path) } catch {
        try warn("cannot set debug file `\(shownName)': \(error)")
      }
    } catch { throw ended(error) }
  }

  /// The empty path throws traces away.
  private mutating func openDebugFile(_ path: [UInt8]) throws(Errno) {
    var new: Int32 = -1
    if !path.isEmpty {
      new = openFile(path, O_WRONLY | O_CREAT | O_APPEND)
      guard new >= 0 else { throw .last }
    }
    closeDebugFile()
    trace.descriptor = new
    trace.sharesOutput = surroundings.outputDescriptor.map { isSameFile($0, new) } ?? false
  }

  private mutating func setFlags(_ flags: TraceFlags) {
    trace.flags = flags
    if flags.contains(.all) { trace.isOn = true }
  }

  @inline(__always)
  func isTracing(_ symbol: SymbolID) -> Bool {
    trace.isOn && (symbols[symbol].isTraced || trace.flags.contains(.all))
  }

  // MARK: Builtins

  mutating func traceMacros(_ call: Invocation, on: Bool) {
    if call.count == 0 {
      for symbol in symbols.allSymbols where !on || symbols[symbol].definition >= 0 {
        symbols[symbol].isTraced = on
      }
    } else {
      for index in 1...call.count {
        let symbol = symbols.intern(argument(index, of: call))
        symbols[symbol].isTraced = on
      }
    }
    if on { trace.isOn = true }
  }

  mutating func debugMode(_ call: Invocation) throws(Stop) {
    guard call.count > 0 else {
      setFlags([])
      return
    }
    let text = argument(1, of: call)
    var letters = text[...]
    let sign = letters.first
    if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { letters = letters.dropFirst() }
    guard let flags = letters.isEmpty ? .initial : TraceFlags(letters: letters) else {
      try warn("Debugmode: bad debug flags: `\(text)'")
      return
    }
    // GNU m4 forgets here what it was about to show of this call.
    trace.pending = []
    switch sign {
    case UInt8(ascii: "+"): setFlags(trace.flags.union(flags))
    case UInt8(ascii: "-"): setFlags(trace.flags.subtracting(flags))
    default: setFlags(flags)
    }
  }

  mutating func debugFile(_ call: Invocation) throws(Stop) {
    guard call.count > 0 else {
      closeDebugFile()
      return
    }
    guard try mayWrite(call) else { return }
    do throws(Errno) { try openDebugFile(Array(argument(1, of: call))) } catch {
      try warn("cannot set debug file `\(argument(1, of: call))': \(error)")
    }
  }

  /// Traces go to standard error again.
  ///
  /// - Returns: whether some could not be written, which is said then.
  @discardableResult
  mutating func closeDebugFile() -> Bool {
    if trace.descriptor > 2 { close(trace.descriptor) }
    (trace.descriptor, trace.sharesOutput) = (2, false)
    guard let failure = failures.debugFile else { return false }
    failures.debugFile = nil
    say(.error, "error writing to debug stream: \(failure)", at: site.location)
    status = 1
    return true
  }

  // MARK: Traces

  mutating func traceBeforeCollecting(_ symbol: SymbolID, _ number: Int, at here: Location) {
    let head = traceHead(at: here, depth: frames.count + 1, id: number)
    writeTrace("\(head.bytes)\(symbols[symbol].bytes) ...\n")
  }

  /// Begins the line of a call about to be carried out.
  mutating func traceBefore(_ call: Invocation, _ number: Int) {
    trace.hasEmptyExpansion = false
    var text = traceHead(at: site.location, depth: frames.count + 1, id: number)
    text.bytes += symbols[call.symbol].bytes
    if call.count > 0, trace.flags.contains(.arguments) {
      text.bytes += traceArguments(of: call).bytes
    }
    guard trace.flags.contains(.calls) else {
      trace.pending = text.bytes
      return
    }
    writeTrace("\(text.bytes) -> ???\n")
    trace.pending = []
  }

  mutating func traceAfter(_ call: Invocation, _ number: Int, height: Int) {
    var text: MessageText = "\(trace.pending)"
    trace.pending = []
    if trace.flags.contains(.calls) {
      text.bytes += traceHead(at: site.location, depth: frames.count + 1, id: number).bytes
      text.bytes += symbols[call.symbol].bytes
      if call.count > 0 { text.bytes += Array("(...)".utf8) }
    }
    if trace.flags.contains(.expansion), let expansion = expansion(above: height) {
      text.bytes += Array(" -> ".utf8)
      text.bytes += traceQuoted(expansion).bytes
    }
    text.bytes.append(0x0A)
    writeTrace(text)
  }

  /// What a call has laid on the input; nil for nothing and for values of builtins.
  private func expansion(above height: Int) -> Bytes? {
    guard blocks.count > height else {
      return trace.hasEmptyExpansion ? Bytes(start: nil, count: 0) : nil
    }
    guard blocks[blocks.count - 1].kind == .text else { return nil }
    let text = Bytes(start: cursor, count: limit - cursor)
    return Bytes(rebasing: text[..<(firstIndex(of: 0, in: text) ?? text.count)])
  }

  private func traceHead(at here: Location, depth: Int, id: Int) -> MessageText {
    var text: MessageText = "m4trace:"
    let file = fileNames[Int(here.file)]
    if !file.isEmpty {
      if trace.flags.contains(.file) { text.bytes += file + [UInt8(ascii: ":")] }
      if trace.flags.contains(.line) { text.bytes += "\(here.line):".utf8 }
    }
    text.bytes += " -\(depth)- ".utf8
    if trace.flags.contains(.callIDs) { text.bytes += "id \(id): ".utf8 }
    return text
  }

  private func traceArguments(of call: Invocation) -> MessageText {
    // To all others the value of a builtin is nothing.
    let takesBuiltins =
      symbols[definition: call.definition].builtin.map(\.row.takesBuiltins) ?? false
    var text: MessageText = "("
    for index in 1...call.count {
      if index > 1 { text.bytes += Array(", ".utf8) }
      if takesBuiltins, let builtin = argumentBuiltin(index, of: call) {
        text.bytes += "<\(builtin.row.name.description)>".utf8
      } else {
        text.bytes += traceQuoted(argument(index, of: call)).bytes
      }
    }
    text.bytes.append(UInt8(ascii: ")"))
    return text
  }

  private func traceQuoted(_ value: Bytes) -> MessageText {
    let isCut = trace.textLimit > 0 && value.count >= trace.textLimit
    let shown = isCut ? Bytes(rebasing: value.prefix(trace.textLimit)) : value
    let end: MessageText = isCut ? "..." : ""
    guard trace.flags.contains(.quotes) else { return "\(shown)\(end.bytes)" }
    return "\(syntax.openQuote.bytes)\(shown)\(end.bytes)\(syntax.closeQuote.bytes)"
  }

  mutating func traceInput(_ text: MessageText) {
    var line: MessageText = "m4debug:"
    if trace.flags.contains(.file), !fileNames[Int(site.location.file)].isEmpty {
      line.bytes += fileNames[Int(site.location.file)] + [UInt8(ascii: ":")]
    }
    if trace.flags.contains(.line), site.location.line > 0 {
      line.bytes += "\(site.location.line):".utf8
    }
    writeTrace("\(line.bytes) \(text.bytes)\n")
  }

  mutating func writeTrace(_ text: MessageText) {
    guard trace.descriptor >= 0 else { return }
    meter.messageBytes &+= text.bytes.count
    if trace.sharesOutput { return text.bytes.withUnsafeBufferPointer { diversions.put(to: 0, $0) } }
    if trace.descriptor == 2 { try? diversions.flush() }
    // Traces are a help for people: a full disk shows in the status, but does not end the run.
    do throws(Errno) { try writeAll(trace.descriptor, text.bytes) } catch {
      if trace.descriptor == 2 { failures.messages = error } else { failures.debugFile = error }
    }
  }
}
