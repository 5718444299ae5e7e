// Shell.swift: a command line given to /bin/sh.

import Glibc

/// Runs a command by `/bin/sh -c` and waits for its end.
///
/// - Parameter keepingOutput: whether its standard output is returned instead of
///   going where ours goes.
/// - Returns: the output kept, and the wait status as `waitpid` gives it.
package func runShell(
  _ command: [UInt8], keepingOutput: Bool
) throws(Errno) -> (output: [UInt8], status: Int32) {
  var pipeEnds: [Int32] = [-1, -1]
  if keepingOutput {
    guard pipe(&pipeEnds) == 0 else { throw .last }
    for end in pipeEnds { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }
  defer { if pipeEnds[0] >= 0 { close(pipeEnds[0]) } }

  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  if keepingOutput { posix_spawn_file_actions_adddup2(&actions, pipeEnds[1], 1) }

  var words: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), nil, nil]
  words[2] = (command + [0]).withUnsafeBytes { bytes in
    bytes.assumingMemoryBound(to: CChar.self).baseAddress.flatMap { strdup($0) }
  }
  defer { for word in words { free(word) } }
  var child: pid_t = 0
  let failure = posix_spawn(&child, "/bin/sh", &actions, nil, words, environ)
  if keepingOutput { close(pipeEnds[1]) }
  guard failure == 0 else { throw Errno(failure) }

  let output = keepingOutput ? try readAll(pipeEnds[0]) : []
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 {
    if errno != EINTR { throw .last }
  }
  return (output, status)
}
