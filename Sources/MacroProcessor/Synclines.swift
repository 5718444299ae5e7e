// Synclines.swift: lines such as `#line 12 "file"` in the output (-s).
//
// A directive stands where the next line of output comes from another line of input than
// the one after the last. It goes before a line, never into one, and a quoted string or a
// comment of several lines is not cut by it: text comes here token by token, with the line
// where the token began.

struct Synclines {
  /// Whether the next byte begins a line of output, in whatever diversion.
  var isAtLineStart = true
  /// The line of input that the last line of output came from; -1 where another file or
  /// diversion has come between, and its name has to be told again.
  var line: Int32 = -1
  /// Whether lines are marked.
  var isOn = false
}

extension Processor {
  /// As -s: marks lines from here on.
  package mutating func markLines() {
    synclines.isOn = true
    diversions.refusesText = true
    syntax.takesWholeTokens = true
  }

  /// Text outside of quotes and comments that was not taken by its diversion.
  mutating func emitMarked(run: Bytes) {
    guard diversions.refusesText, !diversions.isDiscarding, let start = run.baseAddress else {
      return
    }
    if !synclines.isOn {
      markOutput(from: start)
      return diversions.put(run)
    }
    let isInFile = !blocks.isEmpty && blocks[blocks.count - 1].kind == .file
    let saved = cursor
    cursor = start + 1
    var location = currentLocation()
    cursor = saved
    var from = 0
    while from < run.count {
      let rest = Bytes(rebasing: run[from...])
      let count = firstIndex(of: 0x0A, in: rest).map { $0 + 1 } ?? rest.count
      emitMarked(Bytes(rebasing: rest[..<count]), at: location)
      if isInFile { location.line &+= 1 }
      from += count
    }
  }

  /// A token that began at the place; an empty quoted string counts, too.
  mutating func emitMarked(_ token: Bytes, at place: Location) {
    guard !diversions.isDiscarding else { return }
    if provenance.isOn { markOutput(at: place) }
    guard synclines.isOn else { return diversions.put(token) }
    if synclines.isAtLineStart {
      synclines.isAtLineStart = false
      synclines.line += 1
      if synclines.line != place.line {
        putDirective(place)
        synclines.line = place.line
      }
    }
    diversions.put(token)
    synclines.line += Int32(truncatingIfNeeded: token.count { $0 == 0x0A })
    if token.last == 0x0A {
      synclines.line -= 1
      synclines.isAtLineStart = true
    }
  }

  private mutating func putDirective(_ place: Location) {
    var text: MessageText = "#line \(Int(place.line))"
    let file = fileNames[Int(place.file)]
    if synclines.line < 1, !file.isEmpty { text.bytes += (" \"\(file)\"" as MessageText).bytes }
    text.bytes.append(0x0A)
    text.bytes.withUnsafeBufferPointer { diversions.put($0) }
  }
}
