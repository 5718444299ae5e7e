// The process itself is killed, with many threads in the middle of everything.

import Foundation
import MailQueue
import Posix
import TestSupport
import Testing

@Suite("kill -9 loses nothing that was promised")
struct KillTests {
  @Test("lives that end in the middle of everything, one after the other")
  func lives() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/queue"
    var accepted: [QueueID: Int] = [:]
    var finishing: Set<QueueID> = []
    var finished: Set<QueueID> = []
    for life in 0..<6 {
      let log = folder.path + "/log-\(life)"
      let milliseconds = UInt32(60 + 70 * life)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, log = log as String, milliseconds = milliseconds as UInt32] in
        try live(path, log, milliseconds)
      }
      for line in String(decoding: try readFile(log), as: UTF8.self).split(separator: "\n") {
        let words = line.split(separator: " ")
        let id = try #require(QueueID(words[1]))
        switch words[0] {
        case "accepted":
          let seed: Int = try #require(Int(words[2]))
          accepted[id] = seed
        case "finishing": finishing.insert(id)
        default: finished.insert(id)
        }
      }
      let queue = try MessageQueue.open(folder: path, settings: killSettings)
      #expect(queue.findings.isEmpty)
      let found = Set(queue.list().map(\.id))
      for (id, seed) in accepted where !finishing.contains(id) {
        #expect(found.contains(id), "\(id) was accepted in life \(life) and is gone")
        #expect(try queue.content(of: id) == killBody(seed))
      }
      #expect(found.isDisjoint(with: finished))
      // The next life needs the lock.
      try queue.close()
      #expect(found.subtracting(accepted.keys).count <= 8 * (life + 1), "at most one a thread was not promised yet")
    }
    #expect(accepted.count > 50)
    #expect(finished.count > 10)
  }
}

private var killSettings: QueueSettings {
  var settings = QueueSettings.small(segment: 64 << 10, piece: 4 << 10)
  settings.compactsByItself = true
  return settings
}

private func killBody(_ seed: Int) -> [UInt8] { body(seed % 9000, UInt64(seed)) }

/// Commits and finishes in eight threads, writes down what it was told, and is killed.
private func live(_ path: String, _ log: String, _ milliseconds: UInt32) throws {
  let queue = try MessageQueue.open(folder: path, settings: killSettings)
  let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
  @Sendable func note(_ line: String) throws { try writeAll(descriptor, bytes(line + "\n")) }
  _ = startThread {
    usleep(milliseconds * 1000)
    kill(getpid(), SIGKILL)
  }
  let life = Int(milliseconds)
  try onThreads(8) { thread in
    for turn in 0... {
      let seed = (life * 8 + thread) * 10_007 + turn * 613
      let id = try queue.put(killBody(seed))
      try note("accepted \(id) \(seed)")
      guard turn % 3 == 0 else { continue }
      try note("finishing \(id)")
      try queue.finish(id, [.init(1, .delivered)])
      try note("finished \(id)")
    }
  }
}
