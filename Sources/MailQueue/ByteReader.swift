// ByteReader.swift: numbers and byte strings out of a record, never past its end.
//
// What is read may be anything: a disk may have made it up. Every step says whether
// there was enough, and no length is believed before the bytes are seen.

/// The bytes end too early, or a value is none that we write.
struct FormatError: Error {}

struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  /// The memory must outlive the reader.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws(FormatError) -> Number {
    let size = MemoryLayout<Number>.size
    guard bytes.count - offset >= size else { throw FormatError() }
    defer { offset += size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// A time or a size, which fits into an Int on every machine we run on.
  mutating func integer() throws(FormatError) -> Int { Int(try number(Int64.self)) }

  mutating func take(_ count: Int) throws(FormatError) -> UnsafeRawBufferPointer {
    guard count >= 0, bytes.count - offset >= count else { throw FormatError() }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  mutating func string() throws(FormatError) -> [UInt8] { [UInt8](try take(Int(try number(UInt32.self)))) }

  mutating func optionalString() throws(FormatError) -> [UInt8]? {
    switch try number(UInt8.self) {
    case 0: nil
    case 1: try string()
    default: throw FormatError()
    }
  }

  /// A count and so many elements.
  mutating func list<Element>(
    _ element: (inout ByteReader) throws(FormatError) -> Element
  ) throws(FormatError) -> [Element] {
    var elements: [Element] = []
    for _ in 0..<(try number(UInt32.self)) { elements.append(try element(&self)) }
    return elements
  }
}
