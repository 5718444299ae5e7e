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
  private var saved: [Int32: UnsafeMutablePointer<ByteBuffer>] = [:]
  /// The buffer of the current diversion; nil where text is thrown away.
  private var target: UnsafeMutablePointer<ByteBuffer>?
  /// Write when the current buffer has grown to this.
  private var writeAt: Int
  private var failure: Errno?

  init(descriptor: Int32?) {
    self.descriptor = descriptor
    output = Self.newBuffer(capacity: Self.writeSize * 2)
    target = output
    writeAt = descriptor == nil ? .max : Self.writeSize
  }

  deinit {
    Self.free(output)
    for buffer in saved.values { Self.free(buffer) }
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
    } else if let buffer = saved[number] {
      target = buffer
    } else {
      let buffer = Self.newBuffer(capacity: 256)
      saved[number] = buffer
      target = buffer
    }
  }

  /// Appends a diversion to the current one and empties it.
  mutating func undivert(_ number: Int32) {
    guard number > 0, number != current, let buffer = saved.removeValue(forKey: number) else {
      return
    }
    append(buffer.pointee.bytes)
    Self.free(buffer)
  }

  mutating func undivertAll() {
    for number in saved.keys.sorted() { undivert(number) }
  }

  /// Lets everything out: as at the end, when diversion 0 is current.
  mutating func takeOutput() -> [UInt8] {
    let bytes = Array(output.pointee.bytes)
    output.pointee.truncate(to: 0)
    return bytes
  }

  /// Writes what diversion 0 holds.
  /// Whether something could not be written.
  var hasFailed: Bool { failure != nil }

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
