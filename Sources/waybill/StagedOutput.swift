// StagedOutput.swift: what a command writes, all of it or nothing.

import ArgumentParser
import Diagnostics
import Posix

/// Files on their way to a folder. Until they are put into place, and when the command
/// ends before, everything stands as it was.
struct StagedOutput: ~Copyable {
  var set = ReplacementSet()
  let report: Report

  init(_ report: Report) { self.report = report }

  mutating func makeFolder(_ path: String) throws {
    do throws(ReplacementSet.Failure) { try set.makeFolder(path) } catch { throw ending(error) }
  }

  mutating func add(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws {
    do throws(ReplacementSet.Failure) { try set.add(path, bytes, mode: mode) } catch { throw ending(error) }
  }

  mutating func putIntoPlace() throws {
    do throws(ReplacementSet.Failure) { try set.commit() } catch { throw ending(error) }
  }

  /// Says what could not be written.
  func ending(_ failure: ReplacementSet.Failure) -> ExitCode {
    report.show([
      Diagnostic(
        .error,
        .init(
          .cannotWrite, "cannot write \(failure.path): \(failure.reason); nothing was changed",
          fix: hint(for: failure)),
        at: SourcePosition(file: failure.path))
    ])
    return ExitCode(failure.status.rawValue)
  }

  private func hint(for failure: ReplacementSet.Failure) -> String {
    failure.status == .inputOutput
      ? "make room there, or choose another folder with -o"
      : "choose a folder that you may write to with -o"
  }
}
