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

/// Most pieces are a few bytes long. They are copied as sixteen, so that no branch depends on how
/// long they are; the target has room for that.
enum ShortCopy {
  static let length = 16

  /// Whether sixteen bytes can be read there: memory comes in pages, and is there to the end of one.
  @inline(__always)
  static func canRead(_ source: UnsafePointer<UInt8>) -> Bool {
    UInt(bitPattern: source) & 4095 <= 4096 - UInt(length)
  }

  @inline(__always)
  static func copy(_ target: UnsafeMutablePointer<UInt8>, _ source: UnsafePointer<UInt8>) {
    let bytes = UnsafeRawPointer(source).loadUnaligned(as: SIMD16<UInt8>.self)
    UnsafeMutableRawPointer(target).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
  }
}

/// What text can be written to, piece by piece.
protocol TextSink: ~Copyable {
  /// Behind the last byte.
  var end: UnsafeMutablePointer<UInt8> { get set }
  /// Behind the last byte that has room.
  var limit: UnsafeMutablePointer<UInt8> { get }
  /// Makes room behind the last byte, which may move what is there.
  mutating func makeRoom(for length: Int)
}

extension TextSink where Self: ~Copyable {
  @inline(__always)
  mutating func append(_ from: UnsafePointer<UInt8>, _ length: Int) {
    if length <= ShortCopy.length, limit - end >= ShortCopy.length, ShortCopy.canRead(from) {
      ShortCopy.copy(end, from)
      end += length
    } else {
      appendWhole(from, length)
    }
  }

  @inline(never)
  private mutating func appendWhole(_ from: UnsafePointer<UInt8>, _ length: Int) {
    if length > limit - end { makeRoom(for: length) }
    memcpy(end, from, length)
    end += length
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if end == limit { makeRoom(for: 1) }
    end.pointee = byte
    end += 1
  }

  mutating func append(_ bytes: Bytes) {
    if let from = bytes.baseAddress { append(from, bytes.count) }
  }
}

/// Bytes that grow at the end.
struct ByteBuffer: ~Copyable, TextSink {
  private(set) var base: UnsafeMutablePointer<UInt8>
  var end: UnsafeMutablePointer<UInt8>
  private(set) var limit: UnsafeMutablePointer<UInt8>

  init(capacity: Int = 256) {
    base = reallocate(nil, to: capacity)
    end = base
    limit = base + capacity
  }

  deinit { free(base) }

  @inline(__always)
  var count: Int { end - base }

  /// Appends a part of itself.
  mutating func appendOwn(_ start: Int, _ length: Int) {
    if length > limit - end { makeRoom(for: length) }
    append(base + start, length)
  }

  @inline(__always)
  mutating func truncate(to length: Int) {
    assert(length <= count)
    end = base + length
  }

  /// The bytes of a range that was appended.
  @inline(__always)
  func slice(_ start: Int, _ length: Int) -> Bytes {
    assert(start + length <= count)
    return Bytes(start: base + start, count: length)
  }

  var bytes: Bytes { slice(0, count) }

  mutating func makeRoom(for length: Int) {
    let used = count
    let capacity = max((limit - base) * 2, used + length)
    base = reallocate(base, to: capacity)
    end = base + used
    limit = base + capacity
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
  /// Behind the last element, and behind the last that has room: where they are is asked more
  /// often than how many there are.
  private var end: UnsafeMutablePointer<Element>
  private var limit: UnsafeMutablePointer<Element>
  private(set) var count = 0

  init(capacity: Int = 32) {
    base = Self.memory(nil, capacity)
    end = base
    limit = base + capacity
  }

  deinit { free(base) }

  @inline(__always)
  mutating func push(_ element: Element) {
    if end == limit { grow() }
    end.initialize(to: element)
    end += 1
    count &+= 1
  }

  /// Takes the last element off; the stack must not be empty.
  @inline(__always) @discardableResult
  mutating func pop() -> Element {
    assert(count > 0, "pop of an empty stack")
    end -= 1
    count &-= 1
    return end.pointee
  }

  @inline(__always)
  mutating func truncate(to length: Int) {
    assert(length <= count)
    end = base + length
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
    @inline(__always) unsafeAddress {
      assert(count > 0, "top of an empty stack")
      return UnsafePointer(end - 1)
    }
    @inline(__always) unsafeMutableAddress {
      assert(count > 0, "top of an empty stack")
      return end - 1
    }
  }

  @inline(__always)
  var isEmpty: Bool { count == 0 }

  private mutating func grow() {
    let capacity = (limit - base) + max((limit - base) / 2, 16)
    base = Self.memory(base, capacity)
    end = base + count
    limit = base + capacity
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
    fileprivate let start: UnsafeMutablePointer<UInt8>?
    fileprivate let chunk: Int32

    /// Gives nothing back.
    static var none: Mark { Mark(start: nil, chunk: -1) }
  }

  private struct Chunk: BitwiseCopyable {
    let base: UnsafeMutablePointer<UInt8>
    let capacity: Int
  }

  private static let chunkSize = 1 << 16

  private var chunks = Stack<Chunk>()
  private var current: Int32 = 0
  /// Of the current chunk.
  private(set) var limit: UnsafeMutablePointer<UInt8>
  /// The piece that is being built.
  private var start: UnsafeMutablePointer<UInt8>
  var end: UnsafeMutablePointer<UInt8>

  init() {
    let first = Self.chunk(Self.chunkSize)
    chunks.push(first)
    (start, end, limit) = (first.base, first.base, first.base + first.capacity)
  }

  deinit {
    for index in 0..<chunks.count { free(chunks[index].base) }
  }

  /// Appends the digits of a number.
  mutating func append(decimal number: UInt) {
    let most: UInt = 100_000_000
    guard number >= most else { return appendDigits(number, atLeast: 1) }
    append(decimal: number / most)
    appendDigits(number % most, atLeast: 8)
  }

  /// Up to eight digits, which are found from the last to the first.
  private mutating func appendDigits(_ number: UInt, atLeast least: Int) {
    var rest = UInt32(truncatingIfNeeded: number)
    var digits: UInt64 = 0
    var length = 0
    repeat {
      digits = digits << 8 | UInt64(UInt32(UInt8(ascii: "0")) &+ rest % 10)
      rest /= 10
      length &+= 1
    } while rest > 0 || length < least
    if limit - end < 8 { makeRoom(for: 8) }
    UnsafeMutableRawPointer(end).storeBytes(of: digits.littleEndian, as: UInt64.self)
    end += length
  }

  /// The length of the piece that is being built.
  var pieceLength: Int { end - start }

  /// Ends the piece: where it is, and the mark that gives it back.
  @inline(__always)
  mutating func finish() -> (text: Bytes, mark: Mark) {
    let text = Bytes(start: start, count: end - start)
    let mark = Mark(start: start, chunk: current)
    start = end
    return (text, mark)
  }

  /// Gives back the piece of the mark and all that was taken after it.
  @inline(__always)
  mutating func release(_ mark: Mark) {
    guard let piece = mark.start else { return }
    if mark.chunk != current { makeCurrent(mark.chunk) }
    start = piece
    end = piece
  }

  private mutating func makeCurrent(_ index: Int32) {
    current = index
    let chunk = chunks[Int(index)]
    (start, end, limit) = (chunk.base, chunk.base, chunk.base + chunk.capacity)
  }

  /// Moves the unfinished piece to the start of the next chunk.
  mutating func makeRoom(for length: Int) {
    let piece = Bytes(start: start, count: end - start)
    let needed = piece.count + length
    let next = Int(current) + 1
    if next < chunks.count, chunks[next].capacity < needed {
      while chunks.count > next { free(chunks.pop().base) }
    }
    if next == chunks.count { chunks.push(Self.chunk(max(Self.chunkSize, needed * 2))) }
    makeCurrent(Int32(truncatingIfNeeded: next))
    if let from = piece.baseAddress { memcpy(start, from, piece.count) }
    end = start + piece.count
  }

  private static func chunk(_ capacity: Int) -> Chunk {
    Chunk(base: reallocate(nil, to: capacity), capacity: capacity)
  }
}
