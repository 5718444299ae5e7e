// FolderContents.swift: all files below a folder, to compare what two programs have written.
//
// Fails: throws where a file cannot be read.

import TestSupport

struct FolderContents {
  private let files: [String: [UInt8]]

  init(_ folder: String) throws { files = try filesBelow(folder) }

  var names: [String] { files.keys.sorted() }

  func size(of name: String) -> Int { files[name]?.count ?? 0 }

  /// Each file that one has and the other has not, or has otherwise.
  func differences(from found: FolderContents) -> [String] {
    Set(files.keys).union(found.files.keys).sorted().compactMap { name in
      guard let expected = files[name] else { return "\(name): only ours" }
      guard let ours = found.files[name] else { return "\(name): missing" }
      return BothM4.difference(expected, ours).map { "\(name): \($0)" }
    }
  }
}
