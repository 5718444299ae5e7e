// Memory.swift: the three shapes of memory that the processor works in.
//
// m4 spends its life moving short pieces of text, so nothing here is counted,
// boxed or copied on write: a buffer that grows, a stack of plain values, and an
// arena that is emptied in the reverse order of filling. Each owns its memory
// and gives it back when it goes.
//
// Fails: never; running out of memory ends the process, as `malloc` callers do.

/// A run of bytes somewhere in memory that outlives the reader.
typealias Bytes = UnsafeBufferPointer<UInt8>

/// Bytes that grow at the end.
struct ByteBuffer: ~Copyable {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 256) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  @inline(__always)
  mutating func append(_ from: UnsafePointer<UInt8>, _ length: Int) {
    if length > capacity - count { grow(by: length) }
    (base + count).update(from: from, count: length)
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
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }
}

/// A stack of plain values.
struct Stack<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 32) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  @inline(__always)
  mutating func push(_ element: Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  /// Takes the last element off; the stack must not be empty.
  @inline(__always) @discardableResult
  mutating func pop() -> Element {
    precondition(count > 0, "pop of an empty stack")
    count -= 1
    return base[count]
  }

  @inline(__always)
  mutating func truncate(to length: Int) {
    assert(length <= count)
    count = length
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "index within the stack")
      return base[index]
    }
    _modify {
      precondition(index >= 0 && index < count, "index within the stack")
      yield &base[index]
    }
  }

  @inline(__always)
  var isEmpty: Bool { count == 0 }

  private mutating func grow() {
    capacity *= 2
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }
}

/// Memory for text that is given back in the reverse order of taking it.
///
/// A piece is built at the top byte by byte and never moves once it is finished,
/// so readers may hold pointers into it.
struct TextArena: ~Copyable {
  /// Where a piece begins, for giving it back.
  struct Mark: BitwiseCopyable {
    fileprivate let chunk: Int32
    fileprivate let offset: Int
  }

  private struct Chunk: BitwiseCopyable {
    let base: UnsafeMutablePointer<UInt8>
    let capacity: Int
  }

  private static let chunkSize = 1 << 16

  private var chunks = Stack<Chunk>()
  private var current = 0
  /// The piece that is being built: its start and end in the current chunk.
  private var start = 0
  private var end = 0

  init() { chunks.push(Self.chunk(Self.chunkSize)) }

  deinit {
    for index in 0..<chunks.count { chunks[index].base.deallocate() }
  }

  @inline(__always)
  mutating func append(_ from: UnsafePointer<UInt8>, _ length: Int) {
    if length > chunks[current].capacity - end { makeRoom(for: length) }
    (chunks[current].base + end).update(from: from, count: length)
    end += length
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if end == chunks[current].capacity { makeRoom(for: 1) }
    chunks[current].base[end] = byte
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
    let text = Bytes(start: chunks[current].base + start, count: end - start)
    let mark = Mark(chunk: Int32(truncatingIfNeeded: current), offset: start)
    start = end
    return (text, mark)
  }

  /// Gives back the piece of the mark and all that was taken after it.
  @inline(__always)
  mutating func release(_ mark: Mark) {
    current = Int(mark.chunk)
    start = mark.offset
    end = mark.offset
  }

  /// Moves the unfinished piece to the start of the next chunk.
  private mutating func makeRoom(for length: Int) {
    let piece = end - start
    let needed = piece + length
    let from = chunks[current].base + start
    current += 1
    if current < chunks.count, chunks[current].capacity < needed {
      while chunks.count > current { chunks.pop().base.deallocate() }
    }
    if current == chunks.count { chunks.push(Self.chunk(max(Self.chunkSize, needed * 2))) }
    chunks[current].base.update(from: from, count: piece)
    start = 0
    end = piece
  }

  private static func chunk(_ capacity: Int) -> Chunk {
    Chunk(base: .allocate(capacity: capacity), capacity: capacity)
  }
}
