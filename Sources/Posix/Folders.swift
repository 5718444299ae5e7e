// Folders.swift: what is in a folder, and making folders.

import Glibc

/// Whether we may read a file.
package func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

/// Whether a path leads to a folder.
package func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether a path leads to anything.
package func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// The names in a folder, sorted, without `.` and `..`; none where it cannot be read.
package func namesInFolder(_ path: String) -> [String] {
  guard let folder = opendir(path) else { return [] }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// The folder part of a path.
package func folderOf(_ path: String) -> String {
  path.utf8.lastIndex(of: UInt8(ascii: "/")).map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
}

/// Makes a folder and those above it.
package func makeFolders(_ path: String, mode: mode_t = 0o777) throws(Errno) {
  if isFolder(path) || path.isEmpty { return }
  if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
    try makeFolders(String(path[..<slash]), mode: mode)
  }
  if mkdir(path, mode) == 0 { return }
  let reason = Errno.last
  // Another process may have made it meanwhile.
  if isFolder(path) { return }
  // "File exists" would not say what is in the way.
  throw reason == Errno(EEXIST) ? Errno(ENOTDIR) : reason
}

/// The absolute path that a path leads to, links followed; nil where that is nowhere.
package func realPath(_ path: String) -> String? {
  guard let real = realpath(path, nil) else { return nil }
  defer { free(real) }
  return String(cString: real)
}

/// O_PATH of open(2), by its value: the C library shows the name only to programs that ask for all of GNU.
package let pathOnly: Int32 = 0o10_000_000

/// Where a symbolic link leads; nil where it is none.
package func linkTarget(_ path: String) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
    guard let start = buffer.baseAddress else { return nil }
    let count = readlink(path, start, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]), as: UTF8.self)
  }
}

/// The path of this program, links followed; nil where the system does not say.
package func programPath() -> String? { linkTarget("/proc/self/exe") }
