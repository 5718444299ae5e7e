// TemporaryFolder.swift: a folder that is gone when its work is done.
//
// Signals that end programs wait meanwhile, so that Ctrl-C leaves nothing behind: whoever
// works long asks `isWantedToEnd` now and then.

import Glibc

/// Gives a new folder, readable by us alone, to a piece of work.
///
/// - Throws: `Errno` where there can be no folder in TMPDIR (else /tmp).
package func withTemporaryFolder<Result, Failure: Error>(
  _ body: (String) throws(Failure) -> Result
) throws(Failure) -> Swift.Result<Result, Errno> {
  // Before the folder is made: a signal between the two would leave it behind.
  try holdingEndingSignals { () throws(Failure) in try workInFolder(body) }
}

/// Runs the body; signals that end programs wait until it is done.
package func holdingEndingSignals<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure)
  -> Result
{
  var old = sigset_t()
  var ending = endingSignals()
  pthread_sigmask(SIG_BLOCK, &ending, &old)
  defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
  return try body()
}

private func workInFolder<Result, Failure: Error>(
  _ body: (String) throws(Failure) -> Result
) throws(Failure) -> Swift.Result<Result, Errno> {
  let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  var template = Array((parent + "/waybill.XXXXXX").utf8CString)
  guard mkdtemp(&template) != nil else { return .failure(.last) }
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { removeFolder(path) }
  return .success(try body(path))
}

/// Whether a signal that ends programs is waiting.
package func isWantedToEnd() -> Bool {
  var waiting = sigset_t()
  guard sigpending(&waiting) == 0 else { return false }
  return [SIGINT, SIGTERM, SIGHUP].contains { sigismember(&waiting, $0) == 1 }
}

private func endingSignals() -> sigset_t {
  var signals = sigset_t()
  sigemptyset(&signals)
  for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
  return signals
}

/// Removes a folder with all that is in it; links are removed, not followed.
package func removeFolder(_ path: String) {
  for name in namesInFolder(path) {
    let inside = path + "/" + name
    var status = stat()
    if lstat(inside, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      removeFolder(inside)
    } else {
      unlink(inside)
    }
  }
  rmdir(path)
}
