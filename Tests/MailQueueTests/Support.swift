// Support.swift: small queues, what is in them, and disks that fail when they are told to.

import Foundation
import MailQueue
import Posix
import TestSupport
import Testing

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension QueueSettings {
  /// Segments that are soon full, pieces that are soon needed, no thread that nobody asked for.
  static func small(segment: Int = 16 << 10, piece: Int = 1 << 10) -> QueueSettings {
    var settings = QueueSettings()
    settings.segmentSize = segment
    settings.pieceSize = piece
    settings.minimumFreeBytes = 0
    settings.compactsByItself = false
    return settings
  }

  static var unsynced: QueueSettings {
    var settings = small()
    settings.disk = .unsynced
    return settings
  }
}

func envelope(_ recipients: Int = 1, held: Bool = false) -> QueuedEnvelope {
  QueuedEnvelope(
    sender: bytes("sender@example.org"),
    recipients: (0..<recipients).map { QueuedRecipient(address: bytes("r\($0)@example.net")) },
    arrival: 1_700_000_000, isHeld: held)
}

/// Bytes of which no two places look alike.
func body(_ count: Int, _ seed: UInt64 = 0) -> [UInt8] {
  // Neighbouring seeds would give the same numbers, one later.
  var generator = SeededGenerator(seed: seed &* 1_000_003)
  var bytes: [UInt8] = []
  while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes += $0 } }
  return Array(bytes.prefix(count))
}

extension MessageQueue {
  @discardableResult
  func put(_ body: [UInt8], _ envelope: QueuedEnvelope = MailQueueTests.envelope()) throws -> QueueID {
    let writer = try begin(expectedSize: body.count)
    writer.append(body)
    return try writer.commit(envelope)
  }

  /// All that must outlast a crash.
  func contents() throws -> [QueueID: Stored] {
    var contents: [QueueID: Stored] = [:]
    for entry in list() {
      guard let envelope = entry.envelope else { continue }
      contents[entry.id] = Stored(envelope: envelope, body: try content(of: entry.id))
    }
    return contents
  }
}

struct Stored: Equatable, CustomStringConvertible {
  var envelope: QueuedEnvelope
  var body: [UInt8]

  var description: String {
    let recipients = envelope.recipients.map { "\($0.number)/\($0.attempts)/\($0.due)" }
    return "\(body.count) bytes\(envelope.isHeld ? ", held" : "") for \(recipients.joined(separator: " "))"
  }
}

/// A copy of a queue's folder, as a crash at this instant would leave it.
func copy(_ folder: String, to place: String) throws {
  try? FileManager.default.removeItem(atPath: place)
  try FileManager.default.createDirectory(
    atPath: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  for name in namesInFolder(folder) where name != "corrupt" {
    // One that is renamed or freed at this very instant is not there any more.
    guard let bytes = try? readFile(folder + "/" + name) else { continue }
    try Data(bytes).write(to: URL(fileURLWithPath: place + "/" + name))
  }
}

func segments(in folder: String) -> [String] {
  namesInFolder(folder).filter { $0.hasPrefix("segment-") && !$0.hasSuffix(".new") }
}

/// Changes the bytes of a file.
func edit(_ path: String, _ change: (inout [UInt8]) -> Void) throws {
  var bytes = try readFile(path)
  change(&bytes)
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}

/// Where bytes are in a file.
func find(_ wanted: [UInt8], in path: String) throws -> Int? {
  Data(try readFile(path)).range(of: Data(wanted))?.lowerBound
}

/// A value that threads share.
final class Shared<Value>: @unchecked Sendable {
  private let monitor = Monitor()
  private var value: Value

  init(_ value: Value) { self.value = value }

  @discardableResult
  func with<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    monitor.lock()
    defer { monitor.unlock() }
    return try body(&value)
  }

  var now: Value { with { $0 } }
}

/// Runs a body on so many threads and waits for all of them.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
  let failures = Shared<[any Error]>([])
  let monitor = Monitor(conditions: 1)
  let left = Shared(count)
  for number in 0..<count {
    let started = startThread {
      do { try body(number) } catch { failures.with { $0.append(error) } }
      monitor.withLock {
        left.with { $0 -= 1 }
        monitor.wakeAll()
      }
    }
    try #require(started)
  }
  monitor.withLock { while left.now > 0 { monitor.wait() } }
  if let first = failures.now.first { throw first }
}

/// A disk that counts, and fails when it is told to.
final class TestDisk: @unchecked Sendable {
  struct State {
    var syncs = 0
    var writes = 0
    var syncFailure: Errno?
    var writeFailure: Errno?
    var allocationFailure: Errno?
    var freeBytes = 1 << 40
    var syncPause: UInt32 = 0
    /// Of whichever file.
    var unreadable = 0..<0
    var onAllocation: @Sendable () -> Void = {}
  }

  let state = Shared(State())

  var disk: Disk {
    let state = self.state
    let system = Disk.system
    var disk = system
    disk.write = { descriptor, pieces, offset throws(Errno) in
      let failure = state.with { state in
        state.writes += 1
        return state.writeFailure
      }
      if let failure {
        // Half of it arrives.
        try? system.write(descriptor, Array(pieces.prefix(pieces.count / 2)), offset)
        throw failure
      }
      try system.write(descriptor, pieces, offset)
    }
    disk.sync = { _ throws(Errno) in
      let (failure, pause) = state.with { state in
        state.syncs += 1
        return (state.syncFailure, state.syncPause)
      }
      usleep(pause)
      if let failure { throw failure }
    }
    disk.syncFolder = { _ throws(Errno) in }
    disk.allocate = { descriptor, size throws(Errno) in
      state.now.onAllocation()
      if let failure = state.now.allocationFailure { throw failure }
      try system.allocate(descriptor, size)
    }
    disk.read = { descriptor, buffer, offset throws(Errno) in
      let bad = state.now.unreadable
      if bad.contains(offset) { throw Errno(EIO) }
      let count = offset < bad.lowerBound ? min(buffer.count, bad.lowerBound - offset) : buffer.count
      return try system.read(descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), offset)
    }
    disk.freeBytes = { _ in state.now.freeBytes }
    return disk
  }

  var settings: QueueSettings {
    var settings = QueueSettings.small()
    settings.disk = disk
    return settings
  }
}
