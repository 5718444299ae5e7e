// Diversions.swift: where output goes.
//
// Diversion 0 is the output itself, negative ones are nothing, the others are
// buffers that are let out in the order of their numbers. `append` only copies
// into the current buffer; diversion 0 is written out in large pieces.
//
// Fails: writing, when the descriptor does.

import Posix

struct Diversions: ~Copyable {
  private static let writeSize = 1 << 16

  let descriptor: Int32?
  private(set) var current: Int32 = 0
  private let output: UnsafeMutablePointer<ByteBuffer>
  /// The buffers by their numbers, in ascending order.
  private var saved: [(number: Int32, buffer: UnsafeMutablePointer<ByteBuffer>)] = []
  /// The buffer of the current diversion; nil where text is thrown away.
  private var target: UnsafeMutablePointer<ByteBuffer>?
  /// Write when the current buffer has grown to this.
  private var writeAt: Int
  private var failure: Errno?
  private var bytesWritten = 0

  init(descriptor: Int32?) {
    self.descriptor = descriptor
    output = Self.newBuffer(capacity: Self.writeSize * 2)
    target = output
    writeAt = descriptor == nil ? .max : Self.writeSize
  }

  deinit {
    Self.free(output)
    for (_, buffer) in saved { Self.free(buffer) }
  }

  @inline(__always)
  mutating func append(_ text: Bytes) {
    guard let target, let from = text.baseAddress else { return }
    target.pointee.append(from, text.count)
    if target.pointee.count >= writeAt { writeOut() }
  }

  /// Appends to a diversion that is not the current one.
  mutating func append(to number: Int32, _ text: Bytes) {
    let before = current
    divert(to: number)
    append(text)
    divert(to: before)
  }

  mutating func divert(to number: Int32) {
    current = number
    writeAt = .max
    if number < 0 {
      target = nil
    } else if number == 0 {
      target = output
      if descriptor != nil { writeAt = Self.writeSize }
    } else {
      let place = place(of: number)
      if place == saved.count || saved[place].number != number {
        saved.insert((number, Self.newBuffer(capacity: 256)), at: place)
      }
      target = saved[place].buffer
    }
  }

  /// Where a number stands among the saved ones, or would.
  private func place(of number: Int32) -> Int {
    var (low, high) = (0, saved.count)
    while low < high {
      let middle = (low + high) / 2
      if saved[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Appends a diversion to the current one and empties it.
  mutating func undivert(_ number: Int32) {
    guard number > 0, number != current else { return }
    let place = place(of: number)
    guard place < saved.count, saved[place].number == number else { return }
    let buffer = saved.remove(at: place).buffer
    append(buffer.pointee.bytes)
    Self.free(buffer)
  }

  mutating func undivertAll() {
    let all = saved
    saved = all.filter { $0.number == current }
    for (number, buffer) in all where number != current {
      append(buffer.pointee.bytes)
      Self.free(buffer)
    }
  }

  /// What diversion 0 holds, which is empty then.
  mutating func takeOutput() -> [UInt8] {
    let bytes = Array(output.pointee.bytes)
    output.pointee.truncate(to: 0)
    return bytes
  }

  /// What diversion 0 was given, written or not.
  var bytesOut: Int { bytesWritten + output.pointee.count }

  /// What the other diversions hold.
  var bytesHeld: Int { saved.reduce(0) { $0 + $1.buffer.pointee.count } }

  /// Whether something could not be written.
  var hasFailed: Bool { failure != nil }

  /// Writes what diversion 0 holds.
  mutating func flush() throws(Errno) {
    writeOut()
    if let failure { throw failure }
  }

  private mutating func writeOut() {
    guard let descriptor, output.pointee.count > 0 else { return }
    do throws(Errno) {
      if failure == nil { try writeAll(descriptor, UnsafeRawBufferPointer(output.pointee.bytes)) }
    } catch {
      failure = error
    }
    bytesWritten &+= output.pointee.count
    output.pointee.truncate(to: 0)
  }

  private static func newBuffer(capacity: Int) -> UnsafeMutablePointer<ByteBuffer> {
    let buffer = UnsafeMutablePointer<ByteBuffer>.allocate(capacity: 1)
    buffer.initialize(to: ByteBuffer(capacity: capacity))
    return buffer
  }

  private static func free(_ buffer: UnsafeMutablePointer<ByteBuffer>) {
    buffer.deinitialize(count: 1)
    buffer.deallocate()
  }
}
