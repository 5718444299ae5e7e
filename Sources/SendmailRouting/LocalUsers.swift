// LocalUsers.swift: the accounts and files of the host, read below its root.

import Posix

/// Accounts by name (passwd(5)).
struct LocalUsers {
  private var homes: [[UInt8]: [UInt8]] = [:]
  /// The file is there but could not be read: nobody can say who exists.
  let isUnreadable: Bool

  init(root: FileRoot) {
    do throws(Errno) {
      for line in try readFile(root + "/etc/passwd").split(separator: 0x0A) {
        let fields = line.split(separator: 0x3A, omittingEmptySubsequences: false)
        guard fields.count >= 6, let name = fields.first else { continue }
        homes[Array(name)] = Array(fields[5])
      }
      isUnreadable = false
    } catch {
      isUnreadable = true
    }
  }

  func home(of user: [UInt8]) -> [UInt8]? { homes[user] }
}
