// Shell.swift: a command line given to /bin/sh.

import Glibc

/// The command that is waited for, which a signal that ends us ends, too.
nonisolated(unsafe) private var commandUnderWay: pid_t = 0

/// Runs a command by `/bin/sh -c` and waits for its end. It does not outlive us.
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
  // The command finds it closed, as we did.
  if isStandardInputHeld { posix_spawn_file_actions_addclose(&actions, 0) }

  var words: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), nil, nil]
  words[2] = (command + [0]).withUnsafeBytes { bytes in
    bytes.assumingMemoryBound(to: CChar.self).baseAddress.flatMap { strdup($0) }
  }
  defer { for word in words { free(word) } }
  var child: pid_t = 0
  let failure = posix_spawn(&child, "/bin/sh", &actions, nil, words, environ)
  if keepingOutput { close(pipeEnds[1]) }
  guard failure == 0 else { throw Errno(failure) }
  let signals = endTogether(with: child)
  defer { endAlone(signals) }

  let output = keepingOutput ? try readAll(pipeEnds[0]) : []
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 {
    if errno != EINTR { throw .last }
  }
  return (output, status)
}

/// - Returns: the signals that would have ended us alone.
private func endTogether(with child: pid_t) -> [Int32] {
  commandUnderWay = child
  return [SIGINT, SIGTERM, SIGHUP].filter { number in
    var action = sigaction()
    // The default is no handler; what is ignored stays so.
    guard sigaction(number, nil, &action) == 0, action.__sigaction_handler.sa_handler == nil else { return false }
    action.__sigaction_handler.sa_handler = { number in
      if commandUnderWay > 0 { kill(commandUnderWay, SIGHUP) }
      signal(number, SIG_DFL)
      raise(number)
    }
    return sigaction(number, &action, nil) == 0
  }
}

private func endAlone(_ signals: [Int32]) {
  for number in signals { signal(number, SIG_DFL) }
  commandUnderWay = 0
}
