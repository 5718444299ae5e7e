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
        answer.output.withUnsafeBufferPointer { diversions.append(to: 0, $0) }
      }
      return
    }
    guard try mayRun(command) else {
      lastCommandStatus = 127
      return
    }
    // What we wrote so far comes before what the command writes.
    try writeOutput()
    do throws(Errno) {
      let answer = try runShell(command, keepingOutput: keepingOutput)
      lastCommandStatus = Self.exitValue(answer.status)
      if keepingOutput { pushText(answer.output) }
    } catch {
      try fail("cannot run command `\(command)': \(error)")
      lastCommandStatus = 127
    }
  }

  /// What sysval gives for a wait status: the exit status, or a signal times 256.
  private static func exitValue(_ status: Int32) -> Int32 {
    status & 0x7F == 0 ? (status >> 8) & 0xFF : (status & 0x7F) << 8
  }

  mutating func makeTemporaryFile(_ builtin: Builtin, _ call: Invocation) throws(Stop) {
    var name = Array(argument(1, of: call))
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
      try fail(
        "\(argument(0, of: call)): cannot create tempfile `\(argument(1, of: call))': \(error)")
      return
    }
    close(descriptor)
    madeFiles.insert(Array(name.dropLast()))
    pushQuoted(Array(name.dropLast()))
  }
}
