// Program.swift: a program that a configuration names, without a shell.
//
//     input ─► 0 ┌─────────┐ 1 (and 2) ─► output, the first bytes of it
//                │ program │
//                └─────────┘ ends by itself, or with its group when its time is over
//
// The input is written into memory that has a descriptor, not into a pipe: a program that
// ends without reading it, or that prints much before it reads, harms nobody.
//
// Fails: `ProgramFault`, which tells a program that cannot be run from a system that cannot
// make a process now.

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

/// Why there is no end to speak of.
package enum ProgramFault: Error, Sendable, Equatable {
  /// The program, its folder or its account: it cannot be run.
  case notRun(Errno)
  /// No process, memory or descriptor for it.
  case system(Errno)
}

/// What is to be run, and with what.
package struct Program: Sendable {
  /// The file to execute.
  package var path: [UInt8]
  /// Its argument vector, the first word being the name it sees.
  package var words: [[UInt8]]
  /// `NAME=value`, and nothing besides.
  package var environment: [[UInt8]] = []
  /// Nil for the folder we are in.
  package var folder: [UInt8]?
  /// Under which it runs where we are root; nil for our own.
  package var account: Account?
  package var input: [UInt8] = []
  package var takesMessages = false
  /// More output is read and thrown away.
  package var outputLimit = Int.max
  /// A program that prints more is killed; nil for none.
  package var fatalOutput: Int?
  /// After so long it is killed with its process group; nil for never.
  package var seconds: Double?

  package struct Outcome: Sendable, Equatable {
    package var output: [UInt8]
    package var end: ProgramEnd
    package var isOverTime = false
    /// It was killed for all that it printed.
    package var isEndless = false
  }

  package init(path: [UInt8], words: [[UInt8]]) {
    self.path = path
    self.words = words
  }

  /// Runs it to its end.
  package func run() throws(ProgramFault) -> Outcome {
    let texts = CStrings([[path], words, environment, folder.map { [$0] } ?? []])
    guard let texts, !words.isEmpty else { throw .notRun(Errno(EINVAL)) }
    var inputDescriptor: Int32 = -1
    if !input.isEmpty {
      do throws(Errno) { inputDescriptor = try memoryFile(input) } catch { throw .system(error) }
    }
    defer { if inputDescriptor >= 0 { close(inputDescriptor) } }
    var output: Int32 = -1
    let child = try start(texts, inputDescriptor, &output)
    defer { close(output) }
    return finish(child, output)
  }

  /// Starts it for a dialogue: what it says is read while it is spoken to.
  package func startDialogue() throws(ProgramFault) -> SpokenProgram {
    let texts = CStrings([[path], words, environment, folder.map { [$0] } ?? []])
    guard let texts, !words.isEmpty else { throw .notRun(Errno(EINVAL)) }
    var (heard, said, output): (Int32, Int32, Int32) = (-1, -1, -1)
    guard waybill_pipe(&heard, &said) == 0 else { throw .system(.last) }
    defer { close(heard) }
    do throws(ProgramFault) {
      let child = try start(texts, heard, &output)
      return SpokenProgram(process: child, input: said, output: output)
    } catch {
      close(said)
      throw error
    }
  }

  private func start(
    _ texts: CStrings, _ input: Int32, _ output: inout Int32
  ) throws(ProgramFault) -> Int32 {
    guard let path = texts.lists[0][0] else { throw .notRun(Errno(EINVAL)) }
    var isChild = false
    var descriptor: Int32 = -1
    let child = texts.lists[1].withUnsafeBufferPointer { words in
      texts.lists[2].withUnsafeBufferPointer { environment -> Int32 in
        // Both end with nil, so neither is empty.
        guard let words = words.baseAddress, let environment = environment.baseAddress else { return -1 }
        var program = waybill_program(
          path: path, words: words, environment: environment, folder: texts.lists[3][0],
          changes_account: account != nil, user: account?.user ?? 0, group: account?.group ?? 0,
          input: input, takes_messages: takesMessages)
        return waybill_program_start(&program, &descriptor, &isChild)
      }
    }
    guard child > 0 else { throw isChild ? .notRun(.last) : .system(.last) }
    output = descriptor
    return child
  }

  /// Reads until the output or the program ends: what it left running in the background
  /// may hold the output open for ever.
  private func finish(_ child: Int32, _ output: Int32) -> Outcome {
    let process = waybill_process_descriptor(child)
    defer { if process >= 0 { close(process) } }
    _ = fcntl(output, F_SETFL, fcntl(output, F_GETFL) | O_NONBLOCK)
    let limit = seconds.map { monotonicSeconds() + $0 }
    var kept: [UInt8] = []
    var isOpen = true
    var isOverTime = false
    var isEndless = false
    while true {
      let rest = limit.map { $0 - monotonicSeconds() }
      if let rest, rest <= 0 {
        isOverTime = true
        break
      }
      var watched = [
        pollfd(fd: process, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isOpen ? output : -1, events: Int16(POLLIN), revents: 0),
      ]
      guard process >= 0 || isOpen else { break }
      // A second at most, should the clock and poll disagree.
      if poll(&watched, 2, Int32(min(rest ?? 1, 1) * 1000) + 1) < 0, errno != EINTR { break }
      if watched[1].revents != 0 { isOpen = drain(output, into: &kept) }
      isEndless = fatalOutput.map { kept.count > $0 } ?? false
      if isEndless { break }
      if watched[0].revents != 0 {
        _ = drain(output, into: &kept)
        break
      }
    }
    if isOverTime || isEndless { kill(-child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return Outcome(
      output: kept, end: signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal),
      isOverTime: isOverTime, isEndless: isEndless)
  }

  /// Takes what is there; false at the end.
  private func drain(_ output: Int32, into kept: inout [UInt8]) -> Bool {
    while true {
      do throws(Errno) {
        let piece = try readPiece(output)
        if piece.isEmpty { return false }
        kept += piece.prefix(max(0, outputLimit - kept.count))
        if let fatalOutput, kept.count > fatalOutput { return true }
      } catch { return error.code == EAGAIN }
    }
  }
}

/// A program that runs and is spoken with.
package struct SpokenProgram: Sendable {
  let process: Int32
  /// Where it reads what is written here, and where its words are read; the owner closes both.
  package let input, output: Int32

  /// Waits for its end, which it is given by its group where it takes longer.
  package func finish(seconds: Double) {
    let end = monotonicSeconds() + seconds
    var status: Int32 = 0
    while true {
      let result = waitpid(process, &status, WNOHANG)
      if result == process || result < 0 && errno != EINTR { return }
      guard monotonicSeconds() < end else { break }
      usleep(2_000)
    }
    kill(-process, SIGKILL)
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
  }
}

/// Runs a program with these words in /tmp, with nothing but AGENT in its environment, as
/// sendmail runs those of its configuration, and waits for its end.
///
/// - Parameters:
///   - account: under which it runs where we are root.
///   - limit: a program that prints more is ended, and EFBIG thrown.
/// - Returns: what it printed, and how it ended; 78 where it could not be run.
package func runProgram(
  _ words: [[UInt8]], as account: Account, printingAtMost limit: Int = mostBytes
) throws(Errno) -> (output: [UInt8], end: ProgramEnd) {
  guard let path = words.first else { throw Errno(EINVAL) }
  var program = Program(path: path, words: words)
  program.environment = [Array("AGENT=sendmail".utf8)]
  program.folder = Array("/tmp".utf8)
  program.account = account
  do throws(ProgramFault) {
    program.fatalOutput = limit
    let outcome = try program.run()
    guard !outcome.isEndless else { throw ProgramFault.system(Errno(EFBIG)) }
    return (outcome.output, outcome.end)
  } catch {
    switch error {
    case .notRun: return ([], .exited(78))
    case .system(let reason): throw reason
    }
  }
}

/// Bytes behind a descriptor that is read from the start, and gone when it is closed.
private func memoryFile(_ bytes: [UInt8]) throws(Errno) -> Int32 {
  let descriptor = waybill_memory_file()
  guard descriptor >= 0 else { throw .last }
  do throws(Errno) { try writeAll(descriptor, bytes) } catch {
    close(descriptor)
    throw error
  }
  lseek(descriptor, 0, SEEK_SET)
  return descriptor
}

/// Seconds of a clock that nobody sets.
package func monotonicSeconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// Lists of C strings, each with nil at its end, freed with the value.
private final class CStrings {
  let lists: [[UnsafeMutablePointer<CChar>?]]

  /// Nil where a text has a NUL inside or memory is out.
  init?(_ texts: [[[UInt8]]]) {
    lists = texts.map { list in list.map { text in text.contains(0) ? nil : Self.copy(text) } + [nil] }
    guard lists.allSatisfy({ !$0.dropLast().contains(nil) }) else { return nil }
  }

  private static func copy(_ text: [UInt8]) -> UnsafeMutablePointer<CChar>? {
    (text + [0]).withUnsafeBytes { bytes in
      bytes.assumingMemoryBound(to: CChar.self).baseAddress.flatMap { strdup($0) }
    }
  }

  deinit { for list in lists { for pointer in list { free(pointer) } } }
}
