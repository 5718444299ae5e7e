// Files.swift: files into memory, and the search for included ones.
//
// A file is read whole. It is looked for as named, then, where the name is
// relative, in each include folder in order. Standard input is read line by line as
// it comes: people type there, and what feeds it may never end. A long file from the
// command line is read in the same way, so that it takes no memory.

import Glibc
import Posix

extension Processor {
  /// Lays a file from the command line on the input; false, and said, where that fails.
  mutating func openMain(_ path: [UInt8]) -> Bool {
    site.location = .none
    site.origin = .none
    if path == Array("-".utf8) {
      push(contents: FileText([]), name: Array("stdin".utf8), isMain: true)
      blocks[blocks.count - 1].isStream = true
      blocks[blocks.count - 1].isStandardInput = true
      return true
    }
    if let descriptor = openLongFile(path) {
      files.read(path)
      streamDescriptor = descriptor
      push(contents: FileText([]), name: path, isMain: true)
      blocks[blocks.count - 1].isStream = true
      return true
    }
    switch find(path) {
    case .success(let (contents, name)):
      push(contents: contents, name: name, isMain: true)
      return true
    case .failure(let error):
      say(.error, "cannot open `\(path)': \(error)", at: .none)
      status = 1
      return false
    }
  }

  /// A descriptor for a file that is better read piece by piece; nil for others. Maps and rich
  /// messages look at a file once more, in its memory.
  private func openLongFile(_ path: [UInt8]) -> Int32? {
    guard surroundings.readFile == nil, !provenance.isOn, fileSize(path) >= Self.longFile else { return nil }
    let descriptor = openFile(path, O_RDONLY)
    return descriptor >= 0 ? descriptor : nil
  }

  private static var longFile: Int { 1 << 18 }

  mutating func push(contents: FileText, name: [UInt8], isMain: Bool) {
    noteNUL(in: contents)
    openFiles.append(contents)
    pushFile(contents.bytes, name: fileNumber(name), isMain: isMain)
    if trace.flags.contains(.inputChanges) {
      if isMain { site.location = .none }
      traceInput("input read from \(name)")
    }
  }

  /// Puts the next lines of the stream in the place of those that were read; false
  /// at its end.
  mutating func continueStream() -> Bool {
    let top = blocks.count - 1
    // Who feeds us for ever is not read for ever; the limit is told at the end, and so is a full disk.
    if limits.output > 0 && diversions.bytesOut > limits.output || diversions.failure != nil {
      endStream(top)
      return false
    }
    // Who types wants to see what came of the line before.
    if streamDescriptor == 0, isatty(0) == 1 { try? diversions.flush() }
    do throws(Errno) {
      let lines = try nextOfStream()
      guard !lines.bytes.isEmpty else {
        endStream(top)
        return false
      }
      replaceStream(at: top, with: lines)
      return true
    } catch {
      failures.newStream = error
      endStream(top)
      return false
    }
  }

  /// Puts lines in the place of those that a stream's block had.
  mutating func replaceStream(at place: Int, with text: FileText) {
    noteNUL(in: text)
    let old = blocks[place]
    let counted = Bytes(start: old.counted, count: max(old.limit - old.counted, 0))
    blocks[place].location.line &+= Int32(truncatingIfNeeded: counted.count { $0 == 0x0A })
    settleArgumentPlaces()
    let number = (0...place).count { blocks[$0].kind == .file } - 1
    openFiles[number] = text
    (blocks[place].cursor, blocks[place].counted) = (text.start, text.start)
    blocks[place].limit = text.start + text.bytes.count
    if place == blocks.count - 1 { (cursor, limit) = (text.start, text.start + text.bytes.count) }
  }

  /// What comes next of the stream; empty at its end.
  mutating func nextOfStream() throws(Errno) -> FileText {
    syntax.spansLines ? FileText(try restOfStream()) : try nextLines()
  }

  /// Of a token with a NUL byte in it, only what is before that counts.
  private mutating func noteNUL(in text: FileText) {
    if !syntax.takesWholeTokens, firstIndex(of: 0, in: text.bytes) != nil { syntax.takesWholeTokens = true }
  }

  private mutating func endStream(_ block: Int) {
    blocks[block].isStream = false
    if streamDescriptor != 0 { close(streamDescriptor) }
    streamDescriptor = 0
  }

  /// Whole lines, so that no name or comment is cut; at the end of input what is left.
  private mutating func nextLines() throws(Errno) -> FileText {
    let text = FileText(streamRest, room: FileText.piece)
    while true {
      let start = text.bytes.count
      guard try text.readMore(from: streamDescriptor) > 0 else {
        streamRest = []
        return text
      }
      if let newline = text.bytes[start...].lastIndex(of: 0x0A) {
        streamRest = text.cut(to: newline + 1)
        return text
      }
      guard text.bytes.count < longestLine else { throw Errno(EFBIG) }
    }
  }

  private mutating func restOfStream() throws(Errno) -> [UInt8] {
    defer { streamRest = [] }
    return streamRest + (try readAll(streamDescriptor))
  }

  /// Joins what is still to come to the lines of the stream that were read: a delimiter
  /// has a newline in it, and lines are no longer pieces that no token crosses.
  mutating func readWholeStream() {
    guard let place = (0..<blocks.count).last(where: { blocks[$0].isStream }) else { return }
    let isTop = place == blocks.count - 1
    if isTop { blocks[place].cursor = cursor }
    let block = blocks[place]
    do throws(Errno) {
      let rest = try restOfStream()
      endStream(place)
      let read = block.limit - block.cursor
      let number = (0...place).count { blocks[$0].kind == .file } - 1
      let text = FileText(Array(Bytes(start: block.cursor, count: read)) + rest)
      noteNUL(in: text)
      let start = text.start
      // The newline just passed is the end of the line we are on.
      let passed = Bytes(start: block.counted, count: max(block.cursor - block.counted, 0))
      blocks[place].location.line &+= Int32(truncatingIfNeeded: passed.count { $0 == 0x0A })
      blocks[place].counted = start
      (blocks[place].cursor, blocks[place].limit) = (start, start + text.bytes.count)
      if isTop { (cursor, limit) = (blocks[place].cursor, blocks[place].limit) }
      settleArgumentPlaces()
      openFiles[number] = text
    } catch {
      failures.newStream = error
      endStream(place)
    }
  }

  private var longestLine: Int { limits.memory > 0 ? min(limits.memory, 1 << 30) : 1 << 30 }

  /// Called when a file is taken off the input.
  mutating func fileEnded(_ block: InputBlock) {
    synclines.line = -1
    settleArgumentPlaces()
    defer { _ = openFiles.popLast() }
    guard trace.flags.contains(.inputChanges) || failures.newStream != nil else { return }
    let here = site.location
    defer { site.location = here }
    let rest = Bytes(start: block.counted, count: block.limit - block.counted)
    site.location = block.location
    site.location.line &+= Int32(truncatingIfNeeded: rest.count { $0 == 0x0A })
    defer { sayReadFailure() }
    guard trace.flags.contains(.inputChanges) else { return }
    if blocks.isEmpty {
      traceInput("input exhausted")
    } else {
      let below = locationBelow()
      traceInput("input reverted to \(fileNames[Int(below.file)]), line \(Int(below.line))")
    }
  }

  /// Where reading goes on once the file above is taken off.
  private func locationBelow() -> Location {
    var location = blocks.top.location
    guard blocks.top.kind == .file else { return location }
    let read = Bytes(start: blocks.top.counted, count: max(blocks.top.cursor - 1 - blocks.top.counted, 0))
    location.line &+= Int32(truncatingIfNeeded: read.count { $0 == 0x0A })
    return location
  }

  private mutating func sayReadFailure() {
    guard let failure = failures.newStream else { return }
    failures.newStream = nil
    failures.stream = failure
    say(.error, "read error", at: site.location)
    status = 1
  }

  /// The contents of a file, and the name it was found under.
  mutating func find(_ path: [UInt8]) -> Result<(contents: FileText, name: [UInt8]), Errno> {
    switch surroundings.readFile?(path) ?? .unhandled {
    case .contents(let bytes): return .success((FileText(bytes), path))
    case .missing(let number): return .failure(Errno(number))
    case .elsewhere(let place):
      do throws(Errno) { return .success((try readFile(place), path)) } catch { return .failure(error) }
    case .unhandled: break
    }
    guard !path.isEmpty else { return .failure(Errno(ENOENT)) }
    var first: Errno
    do throws(Errno) { return .success((try readFile(path), path)) } catch { first = error }
    guard path.first != UInt8(ascii: "/"), !isTraditional else { return .failure(first) }
    for folder in surroundings.includeFolders {
      let candidate = Self.joined(folder, path)
      do throws(Errno) {
        let contents = try readFile(candidate)
        if trace.flags.contains(.pathSearches) {
          traceInput("path search for `\(path)' found `\(candidate)'")
        }
        return .success((contents, candidate))
      } catch {
        continue
      }
    }
    return .failure(first)
  }

  /// A path below a folder, with one slash between them.
  private static func joined(_ folder: [UInt8], _ path: [UInt8]) -> [UInt8] {
    guard let last = folder.lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return folder + path }
    return folder[...last] + [UInt8(ascii: "/")] + path
  }

  private mutating func readFile(_ path: [UInt8]) throws(Errno) -> FileText {
    // A path with a NUL byte names no file.
    guard !path.contains(0) else { throw Errno(ENOENT) }
    let text = try FileText(reading: path)
    files.read(path)
    return text
  }

  /// The number of a file name, for locations.
  mutating func fileNumber(_ name: [UInt8]) -> Int32 {
    if let known = fileNames.lastIndex(of: name) { return Int32(truncatingIfNeeded: known) }
    fileNames.append(name)
    return Int32(truncatingIfNeeded: fileNames.count - 1)
  }
}
