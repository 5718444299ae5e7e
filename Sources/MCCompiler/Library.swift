// Library.swift: the m4 library that a site file is compiled with.
//
// Ours has `waybill.m4` at its top, sendmail's has `m4/cf.m4`; both offer
// features, domains, operating systems and mailers as files of those names, so
// the folders themselves are the list of what may be written.

import Posix

/// An m4 library in a folder.
package struct Library: Sendable {
  package enum Kind: Sendable { case waybill, stock }

  package let kind: Kind
  /// Without a slash at its end.
  package let folder: String

  /// The library in a folder, or nil where there is none.
  package init?(folder: String) {
    var folder = folder
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    self.folder = folder
    if isReadable(folder + "/waybill.m4") {
      kind = .waybill
    } else if isReadable(folder + "/m4/cf.m4") {
      kind = .stock
    } else {
      return nil
    }
  }

  /// What every site file reads first.
  package var entry: String {
    switch kind {
    case .waybill: folder + "/waybill.m4"
    case .stock: folder + "/m4/cf.m4"
    }
  }

  /// The words that load a file of the library, and the folder each looks in.
  package static let loaders: [(name: String, folder: String)] = [
    ("FEATURE", "feature"), ("OSTYPE", "ostype"), ("DOMAIN", "domain"), ("MAILER", "mailer"),
    ("HACK", "hack"),
  ]

  /// The names that a word like FEATURE can load.
  package func names(for loader: String) -> [String] {
    guard let folder = Self.loaders.first(where: { $0.name == loader })?.folder else { return [] }
    return namesInFolder(self.folder + "/" + folder)
      .filter { $0.hasSuffix(".m4") }.map { String($0.dropLast(3)) }
  }

  /// The names beginning with `conf` that the library knows, in their order.
  package func optionNames() -> [String] {
    let table: String
    switch kind {
    case .waybill: table = folder + "/options/table.m4"
    case .stock: table = folder + "/m4/proto.m4"
    }
    guard let text = try? readFile(table) else { return [] }
    let words = text.split(whereSeparator: { !isNameByte($0) }).filter { $0.starts(with: "conf".utf8) && $0.count > 4 }
    return words.map { String(decoding: $0, as: UTF8.self) }.sorted().reduce(into: []) { names, name in
      if names.last != name { names.append(name) }
    }
  }
}

func isNameByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
    true
  default: false
  }
}
