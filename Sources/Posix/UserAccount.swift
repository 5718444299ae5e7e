// UserAccount.swift: a line of /etc/passwd, and becoming the user that it is about.
//
// Read as text: a static program must not call the C library's name service.
//
// Fails: nil where there is no such line; `Errno` where the kernel refuses.

import Glibc

package struct UserAccount: Sendable, Equatable {
  package let name: String
  package let account: Account
  /// Full name, and what stands behind it.
  package let comment: [UInt8]
  package let home: String
  package let shell: String

  package static func named(_ name: String, root: FileRoot = "") -> UserAccount? {
    find(root) { $0.elementsEqual(name.utf8) || $1.elementsEqual(name.utf8) }
  }

  package static func numbered(_ user: UInt32, root: FileRoot = "") -> UserAccount? {
    find(root) { $1.elementsEqual(String(user).utf8) }
  }

  /// Of this process.
  package static var current: UserAccount {
    numbered(getuid())
      ?? UserAccount(
        name: String(getuid()), account: Account(user: getuid(), group: getgid()), comment: [],
        home: getenv("HOME").map { String(cString: $0) } ?? "/", shell: "")
  }

  private static func find(
    _ root: FileRoot, _ isIt: (_ name: ArraySlice<UInt8>, _ number: ArraySlice<UInt8>) -> Bool
  ) -> UserAccount? {
    for line in ((try? readFile(root + "/etc/passwd")) ?? []).split(separator: 0x0A) {
      let fields = line.split(separator: 0x3A, omittingEmptySubsequences: false)
      guard fields.count >= 6, isIt(fields[0], fields[2]) else { continue }
      let texts = fields.map { String(decoding: $0, as: UTF8.self) }
      guard let user = UInt32(texts[2]), let group = UInt32(texts[3]) else { continue }
      return UserAccount(
        name: texts[0], account: Account(user: user, group: group), comment: Array(fields[4]), home: texts[5],
        shell: texts.count > 6 ? texts[6] : "")
    }
    return nil
  }

  /// Gives up root for good, in all threads.
  ///
  /// - Parameter group: in place of the account's own.
  package func become(group: UInt32? = nil) throws(Errno) {
    let group = group ?? account.group
    let groups = Self.groups(with: name).filter { $0 != group } + [group]
    guard setgroups(groups.count, groups) == 0, setgid(group) == 0, setuid(account.user) == 0 else { throw .last }
    // Nobody gets it back.
    guard account.user == 0 || setuid(0) != 0 else { throw Errno(EPERM) }
  }

  /// The groups that have the user among their members.
  private static func groups(with name: String) -> [UInt32] {
    ((try? readFile("/etc/group")) ?? []).split(separator: 0x0A).compactMap { line in
      let fields = line.split(separator: 0x3A, omittingEmptySubsequences: false)
      guard fields.count == 4, fields[3].split(separator: 0x2C).contains(where: { $0.elementsEqual(name.utf8) })
      else { return nil }
      return UInt32(String(decoding: fields[2], as: UTF8.self))
    }
  }

  /// The number of a group by its name or number.
  package static func group(named name: String) -> UInt32? {
    if let number = UInt32(name) { return number }
    for line in ((try? readFile("/etc/group")) ?? []).split(separator: 0x0A) {
      let fields = line.split(separator: 0x3A, omittingEmptySubsequences: false)
      if fields.count > 2, fields[0].elementsEqual(name.utf8) {
        return UInt32(String(decoding: fields[2], as: UTF8.self))
      }
    }
    return nil
  }
}
