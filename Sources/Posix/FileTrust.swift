// FileTrust.swift: who owns a file, and who may do what with it.
//
// Fails: nil for what is not there.

import Glibc

/// What decides whether a file can be by whom it speaks for.
package struct FileTrust: Sendable, Equatable {
  package let owner: UInt32
  package let group: UInt32
  /// The permission bits.
  package let mode: UInt32
  package let links: Int
  package let isRegular: Bool
  package let isFolder: Bool
  package let isSymbolicLink: Bool

  /// - Parameter path: links are followed.
  package init?(_ path: String) {
    var status = stat()
    var own = stat()
    guard stat(path, &status) == 0, lstat(path, &own) == 0 else { return nil }
    (owner, group, mode) = (status.st_uid, status.st_gid, status.st_mode & 0o7777)
    links = Int(status.st_nlink)
    isRegular = status.st_mode & S_IFMT == S_IFREG
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    isSymbolicLink = own.st_mode & S_IFMT == S_IFLNK
  }

  package enum Use: UInt32, Sendable {
    case read = 4
    case search = 1
  }

  /// By the account's own group; of others that it may be in nobody asks.
  package func lets(_ account: Account, _ use: Use) -> Bool {
    if account.user == 0 { return true }
    let shift: UInt32 = account.user == owner ? 6 : account.group == group ? 3 : 0
    return mode >> shift & use.rawValue != 0
  }

  package var isGroupWritable: Bool { mode & 0o020 != 0 }
  package var isWorldWritable: Bool { mode & 0o002 != 0 }
}

/// The folders that lead to a file, the root first.
package func foldersAbove(_ path: String) -> [String] {
  let parts = path.split(separator: "/").dropLast()
  return ["/"] + parts.indices.map { "/" + parts[...$0].joined(separator: "/") }
}
