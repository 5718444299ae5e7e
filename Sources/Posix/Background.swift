// Background.swift: a command that answers its caller and goes on working.
//
//     caller ── waits ──► old process ── waits for a status ──► new process
//                             ends with it ◄── release(status) ──┘   goes on
//
// What is wrong at the start is told by the new process while the caller still listens; from
// `release` on, its standard descriptors lead nowhere.

import CShims
import Glibc

package struct Background: Sendable {
  private let report: Int32

  /// Makes the new process and returns in it alone. To be called before there are threads.
  ///
  /// - Parameter status: the caller's, should the new process end without a word.
  package init(orElse status: ExitStatus) throws(Errno) {
    report = waybill_go_to_background(status.rawValue)
    guard report >= 0 else { throw .last }
  }

  /// Lets the caller go on with this status.
  package func release(_ status: ExitStatus = .ok) {
    let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
    if nowhere >= 0 {
      for descriptor in Int32(0)...2 { dup2(nowhere, descriptor) }
      if nowhere > 2 { close(nowhere) }
    }
    do throws(Errno) { try writeAll(report, [UInt8(truncatingIfNeeded: status.rawValue)]) } catch {}
    close(report)
  }
}
