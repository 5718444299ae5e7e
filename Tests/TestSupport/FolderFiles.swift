// FolderFiles.swift: all files below a folder, to compare what two programs have left there.
//
// A name may be of any bytes: each is a character of its own here.
//
// Fails: `Errno` where a folder or a file cannot be read.

import Glibc
import Posix

/// The bytes of each file below the folder, by its name from there.
package func filesBelow(_ folder: String) throws(Errno) -> [String: [UInt8]] {
  let top = Array(folder.utf8) + [slash]
  var files: [String: [UInt8]] = [:]
  var folders: [[UInt8]] = [[]]
  while let above = folders.popLast() {
    for (name, isFolder) in try entries(of: top + above) {
      let path = above + name
      if isFolder {
        folders.append(path + [slash])
      } else {
        files[Latin1.text(path)] = try readFile(top + path)
      }
    }
  }
  return files
}

private let slash = UInt8(ascii: "/")

private func entries(of folder: [UInt8]) throws(Errno) -> [(name: [UInt8], isFolder: Bool)] {
  guard let stream = opendir((folder + [0]).map { CChar(bitPattern: $0) }) else { throw .last }
  defer { closedir(stream) }
  var found: [([UInt8], Bool)] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
    if name == Array(".".utf8) || name == Array("..".utf8) { continue }
    found.append((name, Int32(entry.pointee.d_type) == Int32(DT_DIR)))
  }
  return found
}
