// LocalUsers.swift: the accounts and files of the host, read below its root.

import Posix

/// Accounts by name (passwd(5)).
struct LocalUsers {
  private var homes: [[UInt8]: [UInt8]] = [:]
  private var fullNames: [[UInt8]: [UInt8]] = [:]
  private var accounts: [[UInt8]: Account] = [:]
  /// The file is there but could not be read: nobody can say who exists.
  let isUnreadable: Bool

  init(root: FileRoot) {
    do throws(Errno) {
      for line in try readFile(root + "/etc/passwd").split(separator: 0x0A) {
        let fields = line.split(separator: 0x3A, omittingEmptySubsequences: false)
        guard fields.count >= 6, let name = fields.first else { continue }
        homes[Array(name)] = Array(fields[5])
        if let user = Self.number(fields[2]), let group = Self.number(fields[3]) {
          accounts[Array(name)] = Account(user: user, group: group)
        }
        fullNames[Array(name)] = Self.fullName(fields[4], of: name)
      }
      isUnreadable = false
    } catch {
      isUnreadable = true
    }
  }

  /// What stands before the first comma, with the login name for `&`; nil where nothing does.
  private static func fullName(_ field: ArraySlice<UInt8>, of name: ArraySlice<UInt8>) -> [UInt8]? {
    let text = field.prefix { $0 != 0x2C && $0 != 0x3B && $0 != 0x25 }
    if text.isEmpty { return nil }
    let capital = name.prefix(1).map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 } + name.dropFirst()
    return text.flatMap { $0 == 0x26 ? capital : [$0] }
  }

  func fullName(of user: [UInt8]) -> [UInt8]? { fullNames[user] }

  func home(of user: [UInt8]) -> [UInt8]? { homes[user] }

  func account(of user: [UInt8]) -> Account? { accounts[user] }

  private static func number(_ field: ArraySlice<UInt8>) -> UInt32? { UInt32(String(decoding: field, as: UTF8.self)) }
}
