// Program.swift: a program that a configuration names, without a shell.

import CShims
import Glibc

/// The numbers of a user and of its group.
package struct Account: Sendable, Equatable {
  package var user: UInt32
  package var group: UInt32

  package init(user: UInt32, group: UInt32) {
    self.user = user
    self.group = group
  }
}

/// How a program ended.
package enum ProgramEnd: Sendable, Equatable {
  case exited(Int32)
  case killed(signal: Int32)
}

/// Runs a program with these words and waits for its end.
///
/// - Parameters:
///   - account: under which it runs where we are root.
///   - limit: a program that prints more is ended, and EFBIG thrown.
/// - Returns: what it printed, and how it ended; 78 where it could not be run.
package func runProgram(
  _ words: [[UInt8]], as account: Account, printingAtMost limit: Int = mostBytes
) throws(Errno) -> (output: [UInt8], end: ProgramEnd) {
  var pointers = words.map { word in
    (word + [0]).withUnsafeBytes { bytes in
      bytes.assumingMemoryBound(to: CChar.self).baseAddress.flatMap { strdup($0) }
    }
  }
  defer { for pointer in pointers { free(pointer) } }
  guard !pointers.isEmpty, !pointers.contains(nil) else { throw Errno(EINVAL) }
  pointers.append(nil)
  var descriptor: Int32 = -1
  let child = waybill_program_start(pointers, account.user, account.group, &descriptor)
  guard child > 0 else { throw .last }
  defer { close(descriptor) }
  do throws(Errno) {
    let output = try readAll(descriptor, atMost: limit)
    return (output, try end(of: child))
  } catch {
    // Nobody reads on: the program must not wait for that, nor stay as a zombie.
    kill(child, SIGKILL)
    _ = try? end(of: child)
    throw error
  }
}

private func end(of child: pid_t) throws(Errno) -> ProgramEnd {
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 {
    if errno != EINTR { throw .last }
  }
  let signal = status & 0x7F
  return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
}
