// TrafficLog.swift: -X, what a command reads and says, for debugging.
//
//     13848 <<< Subject: x
//     13848 <<< [EOF]
//     13848 >>> nosuch... User unknown
//
// Others may add to the file at the same time: each line is written at once.
//
// Fails: where the file cannot be opened; what cannot be written later is lost.

import Glibc
import MTA
import MailAddress
import Posix

final class TrafficLog {
  private let descriptor: Int32
  /// The beginnings of lines whose ends are still to come, by direction.
  private var partial: [Bool: Bytes] = [:]

  init(_ path: String) throws(RuntimeError) {
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw RuntimeError("cannot open \(path): \(Errno.last)", .cannotCreate) }
  }

  deinit { close(descriptor) }

  /// A part of what came in or went out, of any size.
  func take(_ bytes: Bytes, isInput: Bool) {
    var rest = (partial[isInput] ?? []) + bytes
    while let end = rest.firstIndex(of: .newline) {
      write(rest[..<end], isInput)
      rest.removeSubrange(...end)
    }
    partial[isInput] = rest
  }

  /// A whole message, up to its dot or to the end of the input.
  func read(_ input: Bytes, endsAtDot: Bool) {
    var rest = input[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: .newline) ?? rest.endIndex
      let line = rest[..<end]
      write(line, true)
      if endsAtDot, line.elementsEqual([.dot]) || line.elementsEqual([.dot, 0x0D]) { return }
      rest = rest[min(end + 1, rest.endIndex)...]
    }
    write(Bytes(ascii: "[EOF]")[...], true)
  }

  private func write(_ line: ArraySlice<UInt8>, _ isInput: Bool) {
    let text = line.last == 0x0D ? line.dropLast() : line
    let row = Bytes("\(pad(getpid())) \(isInput ? "<<<" : ">>>") ".utf8) + text + [.newline]
    do throws(Errno) { try writeAll(descriptor, row) } catch {}
  }

  private func pad(_ number: Int32) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
  }
}
