// Memory.swift: the three shapes of memory that the processor works in.
//
// m4 spends its life moving short pieces of text, so nothing here is counted,
// boxed or copied on write: a buffer that grows, a stack of plain values, and an
// arena that is emptied in the reverse order of filling. Each owns its memory
// and gives it back when it goes.
//
// Fails: running out of memory ends the process with status 1 and a message.

import Glibc

/// A run of bytes somewhere in memory that outlives the reader.
typealias Bytes = UnsafeBufferPointer<UInt8>

/// Copies bytes that do not overlap. Most pieces are a few bytes long, for which a call of
/// memcpy costs more than the work.
@inline(__always)
func copyBytes(_ target: UnsafeMutablePointer<UInt8>, _ source: UnsafePointer<UInt8>, _ count: Int) {
  let (to, from) = (UnsafeMutableRawPointer(target), UnsafeRawPointer(source))
  switch count {
  case 8...16:
    let end = from.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self)
    to.storeBytes(of: end, toByteOffset: count - 8, as: UInt64.self)
  case 4...7:
    let end = from.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
    to.storeBytes(of: from.loadUnaligned(as: UInt32.self), as: UInt32.self)
    to.storeBytes(of: end, toByteOffset: count - 4, as: UInt32.self)
  case 2, 3:
    let end = from.loadUnaligned(fromByteOffset: count - 2, as: UInt16.self)
    to.storeBytes(of: from.loadUnaligned(as: UInt16.self), as: UInt16.self)
    to.storeBytes(of: end, toByteOffset: count - 2, as: UInt16.self)
  case 1: target.pointee = source.pointee
  case ...0: break
  default: memcpy(to, from, count)
  }
}

/// What text can be written to, piece by piece.
protocol TextSink: ~Copyable {
  mutating func append(_ bytes: Bytes)
  mutating func append(_ byte: UInt8)
}

/// Bytes that grow at the end.
struct ByteBuffer: ~Copyable, TextSink {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 256) {
    self.capacity = capacity
    base = reallocate(nil, to: capacity)
  }

  deinit { free(base) }

  @inline(__always)
  mutating func append(_ from: UnsafePointer<UInt8>, _ length: Int) {
    if length > capacity - count { grow(by: length) }
    copyBytes(base + count, from, length)
    count += length
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if count == capacity { grow(by: 1) }
    base[count] = byte
    count += 1
  }

  mutating func append(_ bytes: Bytes) {
    if let from = bytes.baseAddress { append(from, bytes.count) }
  }

  /// Appends a part of itself.
  mutating func appendOwn(_ start: Int, _ length: Int) {
    if length > capacity - count { grow(by: length) }
    append(base + start, length)
  }

  @inline(__always)
  mutating func truncate(to length: Int) {
    assert(length <= count)
    count = length
  }

  /// The bytes of a range that was appended.
  @inline(__always)
  func slice(_ start: Int, _ length: Int) -> Bytes {
    assert(start + length <= count)
    return Bytes(start: base + start, count: length)
  }

  var bytes: Bytes { slice(0, count) }

  private mutating func grow(by length: Int) {
    capacity = max(capacity * 2, count + length)
    base = reallocate(base, to: capacity)
  }
}

/// Memory for bytes, for `free`; the kernel moves large pieces without copying them.
func reallocate(_ old: UnsafeMutableRawPointer?, to capacity: Int) -> UnsafeMutablePointer<UInt8> {
  guard let memory = realloc(old, max(capacity, 1)) else {
    // Whatever could be said better needs memory.
    let text: StaticString = "m4: memory exhausted\n"
    _ = write(2, text.utf8Start, text.utf8CodeUnitCount)
    exit(1)
  }
  return memory.assumingMemoryBound(to: UInt8.self)
}

/// A stack of plain values.
struct Stack<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 32) {
    self.capacity = capacity
    base = Self.memory(nil, capacity)
  }

  deinit { free(base) }

  @inline(__always)
  mutating func push(_ element: Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  /// Takes the last element off; the stack must not be empty.
  @inline(__always) @discardableResult
  mutating func pop() -> Element {
    assert(count > 0, "pop of an empty stack")
    count -= 1
    return base[count]
  }

  @inline(__always)
  mutating func truncate(to length: Int) {
    assert(length <= count)
    count = length
  }

  /// Elements are read and changed where they are: most readers want one field of many.
  subscript(index: Int) -> Element {
    @inline(__always) unsafeAddress {
      assert(index >= 0 && index < count, "index within the stack")
      return UnsafePointer(base + index)
    }
    @inline(__always) unsafeMutableAddress {
      assert(index >= 0 && index < count, "index within the stack")
      return base + index
    }
  }

  /// The last element; the stack must not be empty.
  var top: Element {
    @inline(__always) unsafeAddress { UnsafePointer(base + (count - 1)) }
    @inline(__always) unsafeMutableAddress { base + (count - 1) }
  }

  @inline(__always)
  var isEmpty: Bool { count == 0 }

  private mutating func grow() {
    capacity += max(capacity / 2, 16)
    base = Self.memory(base, capacity)
  }

  private static func memory(
    _ old: UnsafeMutablePointer<Element>?, _ capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    UnsafeMutableRawPointer(reallocate(UnsafeMutableRawPointer(old), to: capacity * MemoryLayout<Element>.stride))
      .assumingMemoryBound(to: Element.self)
  }
}

/// Memory for text that is given back in the reverse order of taking it.
///
/// A piece is built at the top byte by byte and never moves once it is finished,
/// so readers may hold pointers into it.
struct TextArena: ~Copyable, TextSink {
  /// Where a piece begins, for giving it back.
  struct Mark: BitwiseCopyable {
    fileprivate let chunk: Int32
    fileprivate let offset: Int

    /// Gives nothing back.
    static let none = Mark(chunk: -1, offset: 0)
  }

  private struct Chunk: BitwiseCopyable {
    let base: UnsafeMutablePointer<UInt8>
    let capacity: Int
  }

  private static let chunkSize = 1 << 16

  private var chunks = Stack<Chunk>()
  private var current = 0
  /// Of the current chunk.
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// The piece that is being built: its start and end in the current chunk.
  private var start = 0
  private var end = 0

  init() {
    let first = Self.chunk(Self.chunkSize)
    chunks.push(first)
    (base, capacity) = (first.base, first.capacity)
  }

  deinit {
    for index in 0..<chunks.count { free(chunks[index].base) }
  }

  @inline(__always)
  mutating func append(_ from: UnsafePointer<UInt8>, _ length: Int) {
    if length > capacity - end { makeRoom(for: length) }
    copyBytes(base + end, from, length)
    end += length
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if end == capacity { makeRoom(for: 1) }
    base[end] = byte
    end += 1
  }

  mutating func append(_ bytes: Bytes) {
    if let from = bytes.baseAddress { append(from, bytes.count) }
  }

  /// The length of the piece that is being built.
  var pieceLength: Int { end - start }

  /// Ends the piece: where it is, and the mark that gives it back.
  @inline(__always)
  mutating func finish() -> (text: Bytes, mark: Mark) {
    let text = Bytes(start: base + start, count: end - start)
    let mark = Mark(chunk: Int32(truncatingIfNeeded: current), offset: start)
    start = end
    return (text, mark)
  }

  /// Gives back the piece of the mark and all that was taken after it.
  @inline(__always)
  mutating func release(_ mark: Mark) {
    if mark.chunk != current {
      if mark.chunk < 0 { return }
      makeCurrent(Int(mark.chunk))
    }
    start = mark.offset
    end = mark.offset
  }

  private mutating func makeCurrent(_ index: Int) {
    current = index
    (base, capacity) = (chunks[index].base, chunks[index].capacity)
  }

  /// Moves the unfinished piece to the start of the next chunk.
  private mutating func makeRoom(for length: Int) {
    let piece = end - start
    let needed = piece + length
    let from = base + start
    let next = current + 1
    if next < chunks.count, chunks[next].capacity < needed {
      while chunks.count > next { free(chunks.pop().base) }
    }
    if next == chunks.count { chunks.push(Self.chunk(max(Self.chunkSize, needed * 2))) }
    makeCurrent(next)
    base.update(from: from, count: piece)
    start = 0
    end = piece
  }

  private static func chunk(_ capacity: Int) -> Chunk {
    Chunk(base: reallocate(nil, to: capacity), capacity: capacity)
  }
}
