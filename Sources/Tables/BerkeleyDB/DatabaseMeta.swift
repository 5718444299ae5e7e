// DatabaseMeta.swift: the first page of a Berkeley DB file.
//
//     12  magic number        hash                      btree
//     16  version             72  highest bucket        88  root page
//     20  page size           76  mask of all buckets
//     24  encryption          80  mask of half of them
//     26  1: checksums        92  hash of a known string
//     48  flags               96  32 page offsets, one for each doubling
//     52  number of the file

import Glibc
import Posix

struct DatabaseMeta {
  typealias Reason = TableError.Reason

  let kind: BerkeleyDBFile.Kind
  let allowsDuplicates: Bool
  let root: UInt32
  let highestBucket: UInt32
  let highMask: UInt32
  let lowMask: UInt32
  /// Whether keys are hashed by the function that libdb uses by itself.
  let hasUsualHash: Bool
  /// What is added to a bucket's number to find its page, by the bucket's doubling.
  let bucketOffsets: [UInt32]

  private static let hashMagic: UInt32 = 0x061561
  private static let btreeMagic: UInt32 = 0x053162
  private static let otherMagics: [UInt32: String] = [
    0x042253: "a Berkeley DB queue", 0x074582: "a Berkeley DB heap",
  ]
  private static let hashVersions: ClosedRange<UInt32> = 7...9
  private static let btreeVersions: ClosedRange<UInt32> = 8...9

  /// Page size and byte order, from the first bytes of a file.
  static func layout(_ start: [UInt8]) throws(Reason) -> (pageSize: Int, isSwapped: Bool) {
    guard start.count >= 512 else {
      throw .wrongFormat("too short for a Berkeley DB file (\(start.count) bytes)")
    }
    let page = DatabasePage(number: 0, bytes: start[...], isSwapped: false)
    let magic = try page.word(12)
    let known = [hashMagic, btreeMagic] + otherMagics.keys
    let isSwapped = !known.contains(magic)
    guard !isSwapped || known.contains(magic.byteSwapped) else {
      throw .wrongFormat("not a Berkeley DB file")
    }
    let stored = try page.word(20)
    let size = Int(isSwapped ? stored.byteSwapped : stored)
    guard (512...65_536).contains(size), size & (size - 1) == 0 else {
      throw page.damaged("a page size of \(size)", at: 20)
    }
    return (size, isSwapped)
  }

  init(_ page: DatabasePage) throws(Reason) {
    let magic = try page.word(12)
    if let other = Self.otherMagics[magic] { throw .unsupported("\(other), not hash or btree") }
    kind = magic == Self.hashMagic ? .hash : .btree
    let version = try page.word(16)
    let versions = kind == .hash ? Self.hashVersions : Self.btreeVersions
    guard versions.contains(version) else {
      throw .unsupported("\(kind.rawValue) file of version \(version)")
    }
    let wanted = kind == .hash ? PageKind.hashMeta : PageKind.btreeMeta
    guard page.kind == wanted else { throw page.damaged("its kind is \(page.kind)", at: 25) }
    guard try page.byte(24) == 0 else { throw .unsupported("encrypted Berkeley DB file") }
    guard try page.byte(26) & 1 == 0 else {
      throw .unsupported("Berkeley DB file with page checksums")
    }
    try Self.refusePartitions(page)
    let flags = try page.word(48)
    try Self.refuse(flags, of: kind)
    allowsDuplicates = flags & 1 != 0

    root = kind == .btree ? try page.word(88) : 0
    highestBucket = kind == .hash ? try page.word(72) : 0
    highMask = kind == .hash ? try page.word(76) : 0
    lowMask = kind == .hash ? try page.word(80) : 0
    hasUsualHash = kind == .hash ? try page.word(92) == Self.usualHashSample : false
    var offsets: [UInt32] = []
    if kind == .hash {
      for index in 0..<32 { offsets.append(try page.word(96 + 4 * index)) }
      guard highestBucket <= highMask, lowMask <= highMask, highestBucket < UInt32.max else {
        throw page.damaged("its bucket numbers contradict each other", at: 72)
      }
    }
    bucketOffsets = offsets
  }

  /// The string libdb hashes into each file, with its NUL, to know the function again.
  private static let usualHashSample = bucketHash(Array("%$sniglet^&\0".utf8)[...])

  private static func refusePartitions(_ page: DatabasePage) throws(Reason) {
    guard try page.word(36) == 0 else { throw .unsupported("partitioned Berkeley DB file") }
  }

  private static func refuse(_ flags: UInt32, of kind: BerkeleyDBFile.Kind) throws(Reason) {
    let refused: [(bit: UInt32, what: String)] =
      kind == .hash
      ? [(0x02, "several databases in one file")]
      : [
        (0x02, "record numbers instead of keys"), (0x20, "several databases in one file"),
        (0x80, "compressed entries"),
      ]
    for (bit, what) in refused where flags & bit != 0 {
      throw .unsupported("Berkeley DB file with \(what)")
    }
  }
}

extension DatabaseMeta {
  /// Writes the numbers of entries, and of entries a bucket is to have, that
  /// libdb was told wrongly to keep it from splitting buckets.
  static func correct(
    _ path: String, entries: Int, entriesPerBucket: Int
  ) throws(Reason) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(.last) }
    defer { close(descriptor) }
    let numbers = [UInt32(clamping: entriesPerBucket), UInt32(clamping: entries)]
    let count = numbers.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 84) }
    guard count == 8 else { throw .system(.last) }
  }
}

/// The hash function of libdb: FNV-1 from zero.
func bucketHash(_ key: ArraySlice<UInt8>) -> UInt32 {
  var hash: UInt32 = 0
  for byte in key { hash = (hash &* 16_777_619) ^ UInt32(byte) }
  return hash
}
