// Messages.swift: what the processor says, in the words that GNU m4's users know.
//
// Scripts and build logs look for these lines, so text and place are GNU m4's:
// `program:file:line: text`. The same event reaches a library user as a value.

import Glibc
import Posix

/// Something said during expansion.
package struct Message: Sendable {
  /// `printed` is the text of errprint, as it was given.
  package enum Severity: Sendable { case printed, warning, error, fatal }
  /// What a program that receives messages wants to tell apart.
  package enum Cause: Sendable, Equatable {
    case input
    case refused(Refusal)
    /// With the macros that call each other, where that was found out.
    case excess(Excess, cycle: [CallStep])
  }

  package let severity: Severity
  package let text: [UInt8]
  /// Empty where no file was being read.
  package var file: [UInt8]
  package var line: Int
  /// The line of a main file that led there.
  package let originFile: [UInt8]
  package let originLine: Int
  package var cause = Cause.input
  // Where provenance is kept:
  /// Of what is meant, from 1; 0 where that is in no file.
  package var column = 0
  /// The calls that led there, the nearest first.
  package var steps: [CallStep] = []
  /// The calls whose arguments were being collected, the nearest first.
  package var open: [CallStep] = []
}

/// What a message is about.
enum MessageSubject {
  /// The call that is being carried out.
  case call
  /// The quoted string or comment that was begun last.
  case token
  /// The innermost call whose arguments are being collected.
  case arguments
}

/// Text with names in it that may be any bytes.
struct MessageText: ExpressibleByStringInterpolation {
  var bytes: [UInt8]

  init(stringLiteral value: String) { bytes = Array(value.utf8) }
  init(stringInterpolation: Interpolation) { bytes = stringInterpolation.bytes }

  struct Interpolation: StringInterpolationProtocol {
    var bytes: [UInt8] = []

    init(literalCapacity: Int, interpolationCount: Int) { bytes.reserveCapacity(literalCapacity) }
    mutating func appendLiteral(_ literal: String) { bytes += literal.utf8 }
    mutating func appendInterpolation(_ value: Bytes) { bytes += value }
    mutating func appendInterpolation(_ value: [UInt8]) { bytes += value }
    mutating func appendInterpolation(_ value: Int) { bytes += String(value).utf8 }
    mutating func appendInterpolation(_ value: String) { bytes += value.utf8 }
    mutating func appendInterpolation(_ value: Errno) { bytes += value.description.utf8 }
  }
}

/// A fault after which there is no going on.
enum FatalFault {
  case endOfFileInString, endOfFileInComment, endOfFileInArguments
  case nestingLimit(Int)

  var text: MessageText {
    switch self {
    case .endOfFileInString: "ERROR: end of file in string"
    case .endOfFileInComment: "ERROR: end of file in comment"
    case .endOfFileInArguments: "ERROR: end of file in argument list"
    case .nestingLimit(let limit): "recursion limit of \(limit) exceeded, use -L<N> to change it"
    }
  }
}

extension Processor {
  /// Says that something is odd and goes on.
  mutating func warn(_ text: MessageText) throws(Stop) {
    say(.warning, text, at: site.location)
    if fatalWarnings >= 1 { status = 1 }
    if fatalWarnings >= 2 { throw .exit(1) }
  }

  /// Says that something failed, which the exit status will show.
  mutating func fail(_ text: MessageText) throws(Stop) {
    say(.error, text, at: site.location)
    status = 1
    if fatalWarnings >= 2 { throw .exit(1) }
  }

  mutating func fatal(
    _ fault: FatalFault, at location: Location, from subject: MessageSubject = .call
  ) -> Stop {
    say(.fatal, fault.text, at: location, about: subject)
    return .exit(1)
  }

  mutating func endOfFileInArguments() -> Stop {
    // The innermost call is the one whose parenthesis is missing.
    settleArgumentPlaces()
    return fatal(.endOfFileInArguments, at: frames.top.place.location, from: .arguments)
  }

  mutating func say(
    _ severity: Message.Severity, _ text: MessageText, at location: Location, about subject: MessageSubject = .call,
    cause: Message.Cause = .input
  ) {
    let file = fileNames[Int(location.file)]
    if let receive = surroundings.receive {
      meter.messageBytes &+= text.bytes.count
      // What was written before comes before.
      try? diversions.flush()
      var message = Message(
        severity: severity, text: text.bytes, file: file, line: Int(location.line),
        originFile: fileNames[Int(site.origin.file)], originLine: Int(site.origin.line), cause: cause)
      if provenance.isOn { explain(&message, subject) }
      receive(message)
      return
    }
    var line: MessageText = "\(surroundings.programName):"
    if !file.isEmpty { line.bytes += ("\(file):\(Int(location.line)):" as MessageText).bytes }
    line.bytes += (" \(text.bytes)\n" as MessageText).bytes
    writeMessage(line.bytes)
  }

  /// Writes to standard error, after what went to standard output before.
  mutating func writeMessage(_ bytes: [UInt8]) {
    meter.messageBytes &+= bytes.count
    // A failure to write shows at the end, when the output is closed.
    try? diversions.flush()
    do throws(Errno) { try writeAll(2, bytes) } catch { failures.messages = error }
  }

  /// Writes what there is, and says once where that fails.
  mutating func writeOutput() throws(Stop) {
    let isPending = diversions.hasUnflushedOutput
    do throws(Errno) { try diversions.flush() } catch {
      if !failures.toldOutput {
        // Of an earlier write that failed, C's stdio no longer knows why.
        say(.fatal, isPending || error == Errno(EBADF) ? "write error: \(error)" : "write error", at: .none)
        failures.toldOutput = true
      }
      throw .exit(1)
    }
  }

  /// The last words of a process: what could not be read or written, which makes its status 1.
  mutating func lastStatus(_ code: Int32) -> Int32 {
    var code = code
    if let failure = failures.stream {
      say(.error, "error closing file\(failure == Errno(EBADF) ? ": \(failure)" : "")", at: .none)
      if code == 0 { code = 1 }
    }
    return failures.messages == nil ? code : 1
  }
}

/// What went wrong outside of the input and does not stop the processor.
struct Failures {
  /// Standard input, or a long file, could not be read to its end.
  var stream: Errno?
  /// The same, not said yet.
  var newStream: Errno?
  /// It was said that the output could not be written.
  var toldOutput = false
  /// Messages could not be written.
  var messages: Errno?
  /// The debug file could not be written.
  var debugFile: Errno?
}
