// A crash at any instant: everything that was told as done is there afterwards, and nothing
// that was undone comes back.

import Foundation
import MailQueue
import Posix
import TestSupport
import Testing

@Suite("A crash loses nothing that was promised")
struct CrashTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/queue"
  }

  /// Each step is one promise, so a crash within it leaves the state before or after it.
  @Test("torn, half-written and scrambled writes, at any step of a random life", arguments: 0..<6)
  func tornWrites(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let old = folder.path + "/old"
    let torn = folder.path + "/torn"
    var queue = try MessageQueue.open(folder: path, settings: .unsynced)
    for _ in 0..<30 {
      try copy(path, to: old)
      let before = try queue.contents()
      try step(&queue, &generator)
      let after = try queue.contents()
      for way in Tear.allCases {
        try copy(path, to: torn)
        try tear(torn, old, way, &generator)
        let again = try MessageQueue.open(folder: torn, settings: .unsynced)
        let found = try again.contents()
        if found != after { #expect(found == before, "\(way)") }
        if way == .cut { #expect(again.findings.isEmpty) }
        // And once more: what was recovered stays.
        try again.put(body(10))
        let settled = try again.contents()
        try again.close()
        #expect(try MessageQueue.open(folder: torn, settings: .unsynced).contents() == settled)
      }
    }
  }

  private func step(_ queue: inout MessageQueue, _ generator: inout SeededGenerator) throws {
    let ids = queue.list().filter { $0.state != .corrupt }
    switch Int.random(in: 0..<12, using: &generator) {
    case 0..<5:
      let size = Bool.random(using: &generator) ? 300 : 6000
      try queue.put(
        body(Int.random(in: 0..<size, using: &generator), generator.next()),
        envelope(Int.random(in: 1...4, using: &generator)))
    case 5..<9:
      guard let entry = ids.randomElement(using: &generator), let envelope = entry.envelope else { return }
      let recipients = envelope.recipients.shuffled(using: &generator).prefix(2)
      let outcomes = recipients.map { recipient in
        let results: [RecipientOutcome.Result] = [
          .delivered, .failed, .deferred(until: Int.random(in: 0..<99, using: &generator), reason: bytes("later")),
          .replaced(by: [.init(address: bytes("new")), .init(address: bytes("newer"))]),
        ]
        return RecipientOutcome(recipient.number, results.randomElement(using: &generator) ?? .failed)
      }
      try queue.finish(entry.id, outcomes)
    case 9:
      guard let id = ids.randomElement(using: &generator)?.id else { return }
      try [queue.hold, queue.release, queue.requeue, queue.remove].randomElement(using: &generator)?(id)
    case 10:
      try queue.close()
      queue = try MessageQueue.open(folder: path, settings: .unsynced)
    default:
      try queue.compact()
    }
  }

  private enum Tear: CaseIterable { case cut, prefix, mixed, junk }

  /// Makes the newest writes incomplete, in the way that a disk may.
  private func tear(_ torn: String, _ old: String, _ way: Tear, _ generator: inout SeededGenerator) throws {
    guard let name = segments(in: torn).last else { return }
    let new = try readFile(torn + "/" + name)
    let fresh = Array(new.prefix(128)) + [UInt8](repeating: 0, count: new.count - 128)
    let previous = (try? readFile(old + "/" + name)) ?? fresh
    guard previous.count == new.count, let first = new.indices.first(where: { new[$0] != previous[$0] }),
      let last = new.indices.last(where: { new[$0] != previous[$0] })
    else { return }
    // A segment is freed only when what it had is safe elsewhere.
    for name in segments(in: old) where !exists(torn + "/" + name) {
      try Data(try readFile(old + "/" + name)).write(to: URL(fileURLWithPath: torn + "/" + name))
    }
    let place = Int.random(in: first...last, using: &generator)
    try edit(torn + "/" + name) { bytes in
      switch way {
      case .cut:
        bytes = Array(new[..<place])
      case .prefix:
        bytes = Array(new[..<place] + previous[place...])
      case .mixed:
        // Sectors arrive in any order.
        for start in stride(from: first / 512 * 512, through: last, by: 512) where Bool.random(using: &generator) {
          for place in max(start, 128)..<min(start + 512, bytes.count) { bytes[place] = previous[place] }
        }
      case .junk:
        for place in place...last { bytes[place] = UInt8.random(in: 0...255, using: &generator) }
      }
    }
  }

  /// The disk takes a picture of the folder before it syncs, and forgets some of what was
  /// written since the last sync. All that anybody was told by then must be in the picture.
  @Test("many threads, compaction among them, and power cuts before syncs", arguments: 0..<3)
  func powerCuts(_ seed: Int) throws {
    let camera = Camera(path, pictures: folder.path + "/pictures", seed: UInt64(seed))
    var settings = QueueSettings.small()
    settings.disk = camera.disk
    settings.compactsByItself = true
    let queue = try MessageQueue.open(folder: path, settings: settings)
    try onThreads(8) { thread in
      var generator = SeededGenerator(seed: UInt64(seed * 100 + thread))
      for turn in 0..<40 {
        let content = body(Int.random(in: 0..<3000, using: &generator), UInt64(thread * 1000 + turn))
        let id = try queue.put(content, envelope(2))
        camera.told { $0.accepted[id] = content }
        guard Int.random(in: 0..<10, using: &generator) > 0 else { continue }
        try queue.finish(id, [.init(2, .delivered)])
        camera.told { $0.finished.insert(id) }
        camera.told { _ = $0.accepted.removeValue(forKey: id) }
        try queue.finish(id, [.init(1, .failed)])
        camera.told { $0.gone.insert(id) }
      }
    }
    try queue.close()
    #expect(camera.count > 10)
    for (picture, told) in camera.pictures {
      let again = try MessageQueue.open(folder: picture, settings: .unsynced)
      let found = try again.contents()
      for (id, content) in told.accepted {
        #expect(found[id]?.body == content, "\(id) was accepted before \(picture)")
      }
      for id in told.finished {
        // Absent is right too: its last recipient may be done with by then.
        #expect(found[id].map { $0.envelope.recipients.count == 1 } ?? true)
      }
      for id in told.gone { #expect(found[id] == nil, "\(id) came back in \(picture)") }
    }
  }
}

/// A disk that remembers what it would have after a power cut.
private final class Camera: @unchecked Sendable {
  /// What callers of the queue were told.
  struct Told {
    var accepted: [QueueID: [UInt8]] = [:]
    var finished: Set<QueueID> = []
    var gone: Set<QueueID> = []
  }

  private struct State {
    var told = Told()
    /// By file: what was there before, since the last sync.
    var unsynced: [String: [(offset: Int, old: [UInt8])]] = [:]
    var pictures: [(String, Told)] = []
    var generator: SeededGenerator
    var syncs = 0
  }

  private let folder: String
  private let place: String
  private let state: Shared<State>

  init(_ folder: String, pictures: String, seed: UInt64) {
    self.folder = folder
    place = pictures
    state = Shared(State(generator: SeededGenerator(seed: seed)))
  }

  var pictures: [(String, Told)] { state.now.pictures }
  var count: Int { pictures.count }

  func told(_ change: (inout Told) -> Void) { state.with { change(&$0.told) } }

  var disk: Disk {
    var disk = Disk.system
    let system = disk
    disk.write = { [self] descriptor, pieces, offset throws(Errno) in
      let name = self.name(descriptor)
      let count = pieces.reduce(0) { $0 + $1.count }
      let old = (try? old(name, offset, count)) ?? []
      state.with { $0.unsynced[name, default: []].append((offset, old)) }
      try system.write(descriptor, pieces, offset)
    }
    disk.syncFolder = { _ throws(Errno) in }
    disk.sync = { [self] descriptor throws(Errno) in
      let name = self.name(descriptor)
      state.with { state in
        state.syncs += 1
        if state.syncs % 7 == 3 { try? take(&state) }
        state.unsynced[name] = nil
      }
    }
    return disk
  }

  private func take(_ state: inout State) throws {
    // Told before the picture is taken, so it has to be in it.
    let told = state.told
    let picture = "\(place)/\(state.pictures.count)"
    try copy(folder, to: picture)
    for (name, writes) in state.unsynced where exists(picture + "/" + name) {
      try edit(picture + "/" + name) { bytes in
        for write in writes.reversed() where write.offset >= 128 {
          for start in stride(from: 0, to: write.old.count, by: 512) where Bool.random(using: &state.generator) {
            for place in start..<min(start + 512, write.old.count) { bytes[write.offset + place] = write.old[place] }
          }
        }
      }
    }
    state.pictures.append((picture, told))
  }

  private func name(_ descriptor: Int32) -> String {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")) ?? ""
    return String(path.split(separator: "/").last ?? "")
  }

  private func old(_ name: String, _ offset: Int, _ count: Int) throws -> [UInt8] {
    Array(try readFile(folder + "/" + name)[offset..<offset + count])
  }
}
