// Diversions.swift: where output goes.
//
// Diversion 0 is the output itself, negative ones are nothing, the others are
// buffers that are let out in the order of their numbers. `append` only copies
// into the current buffer; diversion 0 is written out in large pieces. What a
// diversion has beyond 192 kB lies in an unnamed temporary file, so that memory
// does not grow with the output.
//
// Fails: writing, when the descriptor does. Where there can be no temporary file,
// a diversion stays in memory.

import Posix

struct Diversions: ~Copyable {
  private static let writeSize = 1 << 16
  /// As much of one diversion is kept in memory. A buffer grows by doubling: with the piece that was too
  /// much it has come to 256 kB.
  private static let mostInMemory = 3 << 16

  /// A diversion above 0: what lies in its file, and after it the text in its buffer.
  private struct Saved {
    let number: Int32
    var buffer: UnsafeMutablePointer<ByteBuffer>
    var file: SpillFile?
    /// Where the text comes from, in a run that keeps that.
    var origins = TextOrigins()

    var length: Int { (file?.length ?? 0) + buffer.pointee.count }
  }

  let descriptor: Int32?
  private(set) var current: Int32 = 0
  private let output: UnsafeMutablePointer<ByteBuffer>
  /// By their numbers, in ascending order.
  private var saved: [Saved] = []
  /// The buffer of the current diversion; nil where text is thrown away, or has to be
  /// looked at before it may go to `put`.
  private var target: UnsafeMutablePointer<ByteBuffer>?
  /// The buffer of the current diversion; nil where text is thrown away.
  private var buffer: UnsafeMutablePointer<ByteBuffer>?
  /// Write when the current buffer has grown to this.
  private var writeAt: Int
  /// Whether output is written as it comes (-i).
  private var isUnbuffered = false
  /// Whether `append` is to refuse everything, so that lines can be marked (-s).
  var refusesText = false { didSet { target = refusesText ? nil : buffer } }
  private var bytesWritten = 0
  private var bytesFlushed = 0
  /// Whether the origins of texts are kept.
  private(set) var isMapped = false
  /// Of the text that is put next.
  var origin = TextOrigin.none
  /// Of what diversion 0 was given.
  private var outputOrigins = TextOrigins()
  /// What lies in temporary files.
  private(set) var bytesSpilled = 0

  init(descriptor: Int32?) {
    self.descriptor = descriptor
    output = Self.newBuffer(capacity: Self.writeSize * 2)
    target = output
    buffer = output
    writeAt = descriptor == nil ? .max : Self.writeSize
  }

  deinit {
    Self.free(output)
    for diversion in saved { Self.free(diversion) }
  }

  /// Writes output as it comes from now on.
  mutating func writeAtOnce() {
    isUnbuffered = true
    if current == 0, descriptor != nil { writeAt = 1 }
  }

  /// - Returns: false where the text was not taken: see `target`.
  @inline(__always) @discardableResult
  mutating func append(_ text: Bytes) -> Bool {
    guard let target else { return false }
    guard let from = text.baseAddress else { return true }
    target.pointee.append(from, text.count)
    if target.pointee.count >= writeAt { makeRoom() }
    return true
  }

  /// Keeps the origins of texts from now on.
  mutating func mapOrigins() {
    isMapped = true
    refusesText = true
    outputOrigins.reserve(1 << 11)
  }

  /// Appends whatever there is to be looked at.
  mutating func put(_ text: Bytes) {
    if isMapped, buffer != nil { changeOrigins { [origin] in $0.add(text.count, origin) } }
    store(text)
  }

  /// Changes what is kept of the current diversion.
  @inline(__always)
  private mutating func changeOrigins(_ change: (inout TextOrigins) -> Void) {
    if current == 0 { return change(&outputOrigins) }
    let place = place(of: current)
    if place < saved.count, saved[place].number == current { change(&saved[place].origins) }
  }

  private mutating func store(_ text: Bytes) {
    guard let buffer, let from = text.baseAddress else { return }
    if text.count >= Self.writeSize, buffer.pointee.count + text.count >= writeAt, passOn(text) { return }
    buffer.pointee.append(from, text.count)
    if buffer.pointee.count >= writeAt { makeRoom() }
  }

  /// Writes a long text where it would get to in the end, without a copy of it in the buffer.
  private mutating func passOn(_ text: Bytes) -> Bool {
    makeRoom()
    guard current != 0 else {
      writeOut(text)
      return true
    }
    return buffer?.pointee.count == 0 && spill(text)
  }

  /// Whether text for the current diversion goes nowhere.
  var isDiscarding: Bool { buffer == nil }

  /// Appends to a diversion that is not the current one.
  mutating func put(to number: Int32, _ text: Bytes) {
    let before = current
    divert(to: number)
    put(text)
    divert(to: before)
  }

  mutating func divert(to number: Int32) {
    current = number
    writeAt = .max
    if number < 0 {
      buffer = nil
    } else if number == 0 {
      buffer = output
      if descriptor != nil { writeAt = isUnbuffered ? 1 : Self.writeSize }
    } else {
      let place = place(of: number)
      if place == saved.count || saved[place].number != number {
        let new = Saved(number: number, buffer: Self.newBuffer(capacity: 256), file: nil)
        saved.insert(new, at: place)
      }
      buffer = saved[place].buffer
      writeAt = Self.mostInMemory
    }
    target = refusesText ? nil : buffer
  }

  /// Where a number stands among the saved ones, or would.
  private func place(of number: Int32) -> Int {
    partitionPoint(of: saved.count) { saved[$0].number >= number }
  }

  /// Appends a diversion to the current one and empties it.
  ///
  /// - Returns: whether there was anything.
  @discardableResult
  mutating func undivert(_ number: Int32) -> Bool {
    guard number > 0, number != current else { return false }
    let place = place(of: number)
    guard place < saved.count, saved[place].number == number else { return false }
    return letOut(saved.remove(at: place))
  }

  @discardableResult
  mutating func undivertAll() -> Bool {
    let all = saved
    saved = all.filter { $0.number == current }
    var hasText = false
    for diversion in all where diversion.number != current {
      if letOut(diversion) { hasText = true }
    }
    return hasText
  }

  private mutating func letOut(_ diversion: Saved) -> Bool {
    let hasText = diversion.length > 0
    if isMapped, buffer != nil { changeOrigins { $0.add(diversion.origins) } }
    if takeOver(diversion) { return hasText }
    bytesSpilled -= diversion.file?.length ?? 0
    let readFailure = Self.forEachPiece(of: diversion) { store($0) }
    failure = failure ?? readFailure
    Self.free(diversion)
    return hasText
  }

  /// Makes the text of a diversion that of the current one, if that is above 0 and has none.
  private mutating func takeOver(_ diversion: Saved) -> Bool {
    guard current > 0 else { return false }
    let place = place(of: current)
    guard place < saved.count, saved[place].number == current, saved[place].length == 0 else { return false }
    Self.free(saved[place])
    (saved[place].buffer, saved[place].file) = (diversion.buffer, diversion.file)
    divert(to: current)
    return true
  }

  /// Shows what the diversions above 0 hold, in their order.
  mutating func forEachSaved(_ body: (_ number: Int32, _ text: [UInt8]) -> Void) {
    for diversion in saved {
      var text: [UInt8] = []
      let readFailure = Self.forEachPiece(of: diversion) { text += $0 }
      failure = failure ?? readFailure
      if !text.isEmpty { body(diversion.number, text) }
    }
  }

  /// - Returns: why the file could not be read back.
  private static func forEachPiece(of diversion: Saved, _ body: (Bytes) -> Void) -> Errno? {
    do throws(Errno) {
      if let file = diversion.file { try file.read(body) }
      body(diversion.buffer.pointee.bytes)
      return nil
    } catch { return error }
  }

  /// What diversion 0 holds, which is empty then.
  mutating func takeOutput() -> [UInt8] {
    let bytes = Array(output.pointee.bytes)
    output.pointee.truncate(to: 0)
    return bytes
  }

  /// The origins of what diversion 0 was given.
  mutating func takeOrigins() -> TextOrigins {
    defer { outputOrigins = TextOrigins() }
    return outputOrigins
  }

  /// What diversion 0 was given, written or not.
  var bytesOut: Int { bytesWritten + output.pointee.count }

  /// What the other diversions hold.
  var bytesHeld: Int { bytesSpilled + saved.reduce(0) { $0 + $1.buffer.pointee.count } }

  /// Why something could not be written.
  private(set) var failure: Errno?

  /// Whether something was put since the output was last written by command.
  var hasUnflushedOutput: Bool { !isUnbuffered && bytesOut > bytesFlushed }

  /// Writes what diversion 0 holds.
  mutating func flush() throws(Errno) {
    writeOut()
    bytesFlushed = bytesWritten
    if let failure { throw failure }
  }

  /// The current buffer has grown enough: it is written out, or into a file of its own.
  private mutating func makeRoom() {
    if current == 0 { writeOut() } else { spill() }
  }

  private mutating func writeOut() {
    guard descriptor != nil, output.pointee.count > 0 else { return }
    writeOut(output.pointee.bytes)
    output.pointee.truncate(to: 0)
  }

  private mutating func writeOut(_ text: Bytes) {
    guard let descriptor else { return }
    do throws(Errno) {
      if failure == nil { try writeAll(descriptor, UnsafeRawBufferPointer(text)) }
    } catch {
      failure = error
    }
    bytesWritten &+= text.count
  }

  private mutating func spill() {
    guard let buffer else { return }
    if spill(buffer.pointee.bytes) {
      buffer.pointee = ByteBuffer(capacity: Self.writeSize)
    } else {
      // It stays in memory; the next try comes when it is twice as large.
      writeAt = buffer.pointee.count * 2
    }
  }

  /// Puts a text behind what the file of the current diversion holds.
  private mutating func spill(_ text: Bytes) -> Bool {
    let place = place(of: current)
    guard place < saved.count, saved[place].number == current else { return false }
    if saved[place].file == nil { saved[place].file = SpillFile() }
    guard saved[place].file?.append(text) == true else { return false }
    bytesSpilled += text.count
    return true
  }

  private static func newBuffer(capacity: Int) -> UnsafeMutablePointer<ByteBuffer> {
    let buffer = UnsafeMutablePointer<ByteBuffer>.allocate(capacity: 1)
    buffer.initialize(to: ByteBuffer(capacity: capacity))
    return buffer
  }

  private static func free(_ diversion: Saved) {
    free(diversion.buffer)
    diversion.file?.close()
  }

  private static func free(_ buffer: UnsafeMutablePointer<ByteBuffer>) {
    buffer.deinitialize(count: 1)
    buffer.deallocate()
  }
}
