// System.swift: syscmd, esyscmd, mkstemp, maketemp.

import Glibc
import Posix

extension Processor {
  mutating func runCommand(_ call: Invocation, keepingOutput: Bool) throws(Stop) {
    let command = Array(argument(1, of: call))
    if let answer = surroundings.runCommand?(command, Int(site.origin.line)) {
      lastCommandStatus = Self.exitValue(answer.status)
      if keepingOutput {
        pushText(answer.output)
      } else {
        diversions.origin = TextOrigin(location: site.location, call: site.call, isFile: false)
        answer.output.withUnsafeBufferPointer { diversions.put(to: 0, $0) }
      }
      return
    }
    guard try mayRun(command) else {
      lastCommandStatus = 127
      return
    }
    // What we wrote so far comes before what the command writes. Where it could not be written, the end tells.
    try? diversions.flush()
    do throws(Errno) {
      let input = giveBackStandardInput()
      let answer = try runShell(command, keepingOutput: keepingOutput)
      if let input { takeStandardInput(again: input) }
      lastCommandStatus = Self.exitValue(answer.status)
      if keepingOutput {
        pushText(answer.output.contains(0) ? cutAtTerminator(answer.output) : answer.output)
      } else if lastCommandStatus == 127 {
        // What a shell says of a command that it did not find. GNU m4 names no place here.
        say(.error, "\(argument(0, of: call)) subprocess failed", at: .none)
      }
    } catch {
      try fail("cannot run command `\(command)': \(error)")
      lastCommandStatus = 127
    }
  }

  /// A command's output up to its first NUL byte outside of quotes, where it ends as input.
  /// Within them the byte ends the token's text alone.
  private mutating func cutAtTerminator(_ text: [UInt8]) -> [UInt8] {
    syntax.takesWholeTokens = true
    let (quote, comment) = (syntax.delimiters, syntax.commentDelimiters)
    func comes(_ delimiter: [UInt8], _ place: Int) -> Bool {
      !delimiter.isEmpty && text[place...].starts(with: delimiter)
    }
    var at = 0
    var depth = 0
    var isInComment = false
    while at < text.count {
      if text[at] == 0, depth == 0 {
        return Array(text[..<at])
      } else if isInComment {
        isInComment = !comes(comment.close, at)
        at += isInComment ? 1 : comment.close.count
      } else if depth > 0, comes(quote.close, at) {
        depth -= 1
        at += quote.close.count
      } else if depth == 0, comes(comment.open, at) {
        isInComment = true
        at += comment.open.count
      } else if comes(quote.open, at) {
        depth += 1
        at += quote.open.count
      } else {
        at += 1
      }
    }
    return text
  }

  /// What sysval gives for a wait status: the exit status, or a signal times 256.
  private static func exitValue(_ status: Int32) -> Int32 {
    status & 0x7F == 0 ? (status >> 8) & 0xFF : (status & 0x7F) << 8
  }

  mutating func makeTemporaryFile(_ builtin: Builtin, _ call: Invocation) throws(Stop) {
    var name = Array(argument(1, of: call))
    if builtin == .maketemp, isTraditional {
      try warn("recommend using mkstemp instead")
      pushText(Self.nameWithProcessNumber(name))
      return
    }
    if let given = surroundings.makeFile?(name) {
      pushQuoted(given)
      return
    }
    guard try mayWrite(call) else { return }
    // The system wants six places to fill in.
    let places = name.reversed().prefix { $0 == UInt8(ascii: "X") }.count
    name += Array(repeating: UInt8(ascii: "X"), count: max(6 - places, 0))
    name.append(0)
    let descriptor = name.withUnsafeMutableBytes { buffer -> Int32 in
      buffer.assumingMemoryBound(to: CChar.self).baseAddress.map { mkstemp($0) } ?? -1
    }
    guard descriptor >= 0 else {
      let error = Errno.last
      try warn(
        "\(argument(0, of: call)): cannot create tempfile `\(argument(1, of: call))': \(error)")
      return
    }
    close(descriptor)
    madeFiles.append(Array(name.dropLast()))
    pushQuoted(Array(name.dropLast()))
  }

  /// As System V's maketemp makes a name: the Xs at its end become our process's number.
  private static func nameWithProcessNumber(_ template: [UInt8]) -> [UInt8] {
    let places = template.reversed().prefix { $0 == UInt8(ascii: "X") }.count
    let digits = String(getpid()).utf8.suffix(places)
    let zeros = Array(repeating: UInt8(ascii: "0"), count: places - digits.count)
    return template.dropLast(places) + zeros + digits
  }
}
