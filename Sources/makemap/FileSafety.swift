// FileSafety.swift: whether root should touch that file.
//
// Whoever can put a link or a folder of his own in the way of a map that root
// builds, decides what root overwrites. So, as sendmail's makemap does: links
// and special files are refused, permissions count for root too, and a folder
// on the way that others may write to is named, once for the look at the file
// and once for the opening.

import Glibc
import Posix

/// Why a file is not touched, in the words of the original.
struct FileRefusal: Error {
  let text: String

  init(_ text: String) { self.text = text }
  init(_ code: Int32) { text = Errno(code).description }
}

struct FileSafety {
  enum Purpose { case read, create, append }

  let purpose: Purpose
  let allowsLinks: Bool
  let trustedUser: uid_t?

  /// What is at the path; nil where nothing is and a file may be made.
  func check(_ path: String) throws(FileRefusal) -> stat? {
    let found = try look(path)
    if geteuid() == 0 { try warnOfFolders(on: path) }
    return found
  }

  private func look(_ path: String) throws(FileRefusal) -> stat? {
    var status = stat()
    let exists = lstat(path, &status) == 0
    let failure = errno
    if geteuid() == 0 { try warnOfFolders(on: path) }
    guard exists else {
      if failure == ENOENT, purpose == .create { return nil }
      throw FileRefusal(failure)
    }
    if status.st_mode & S_IFMT == S_IFLNK {
      guard allowsLinks else { throw FileRefusal("Symbolic links not allowed") }
      // A link to nothing is in the way of a new file.
      guard stat(path, &status) == 0 else {
        throw FileRefusal(purpose == .create ? EEXIST : ENOENT)
      }
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileRefusal("Regular files only") }
    guard status.st_nlink < 2 || allowsLinks else { throw FileRefusal("Hard links not allowed") }
    guard isPermitted(status) else { throw FileRefusal(EACCES) }
    return status
  }

  /// As the mode bits say, also for root.
  private func isPermitted(_ status: stat) -> Bool {
    // Who writes reads too: the original opens the old file for both.
    let wanted: mode_t = purpose == .read ? 4 : 6
    let user = geteuid()
    let isOwner = status.st_uid == user || user == 0 && status.st_uid == trustedUser
    let shift: mode_t = isOwner ? 6 : isInGroup(status.st_gid) ? 3 : 0
    return status.st_mode >> shift & wanted == wanted
  }

  private func isInGroup(_ group: gid_t) -> Bool {
    if group == getegid() { return true }
    let count = getgroups(0, nil)
    guard count > 0 else { return false }
    var groups = [gid_t](repeating: 0, count: Int(count))
    return groups.prefix(Int(max(0, getgroups(count, &groups)))).contains(group)
  }

  // MARK: folders

  private func warnOfFolders(on path: String) throws(FileRefusal) {
    var linksLeft = 20
    try warnOfFolders(on: Array(path.utf8), &linksLeft)
  }

  private func warnOfFolders(
    on path: [UInt8], _ linksLeft: inout Int
  ) throws(FileRefusal) {
    let slash = UInt8(ascii: "/")
    guard path.contains(slash) else { return try warnOfFolder(".", &linksLeft) }
    for (index, byte) in path.enumerated() where byte == slash {
      let folder = index == 0 ? [slash] : Array(path[..<index])
      // The way back up was looked at on the way down.
      if folder.count > 2, folder.suffix(3).elementsEqual("/..".utf8) { continue }
      try warnOfFolder(String(decoding: folder, as: UTF8.self), &linksLeft)
    }
  }

  private func warnOfFolder(_ folder: String, _ linksLeft: inout Int) throws(FileRefusal) {
    var status = stat()
    guard lstat(folder, &status) == 0 else { throw FileRefusal(errno) }
    if status.st_mode & S_IFMT == S_IFLNK {
      linksLeft -= 1
      guard linksLeft > 0 else { throw FileRefusal(ELOOP) }
      return try warnOfFolders(on: target(of: folder) + [UInt8(ascii: "/")], &linksLeft)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw FileRefusal(ENOTDIR) }
    if status.st_mode & 0o002 != 0 {
      printError("WARNING: World writable directory \(folder)")
    } else if status.st_mode & 0o020 != 0 {
      printError("WARNING: Group writable directory \(folder)")
    }
  }

  /// Where a link leads, as seen from here.
  private func target(of link: String) throws(FileRefusal) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(link, &buffer, buffer.count)
    guard count > 0 else { throw FileRefusal(errno) }
    let target = buffer.prefix(count).map(UInt8.init(bitPattern:))
    if target.first == UInt8(ascii: "/") { return target }
    let folder = link.utf8.lastIndex(of: UInt8(ascii: "/")).map { link.utf8[...$0] }
    return folder.map(Array.init).map { $0 + target } ?? target
  }
}
