// Accounts.swift: users and groups from /etc/passwd and /etc/group.
//
// Read as text: a static program must not call the C library's name service.

import Glibc
import Posix

enum Accounts {
  /// The numbers of a user and a group, given by name or number; -1 where there is none.
  static func numbers(user: String, group: String?) -> (user: Int, group: Int) {
    let fields = line("/etc/passwd", user)
    let own = fields.flatMap { $0.count > 3 ? Int(shown($0[3])) : nil }
    let userNumber = Int(user) ?? fields.flatMap { $0.count > 2 ? Int(shown($0[2])) : nil } ?? -1
    guard let group else { return (userNumber, own ?? -1) }
    let entry = line("/etc/group", group)
    return (userNumber, Int(group) ?? entry.flatMap { $0.count > 2 ? Int(shown($0[2])) : nil } ?? -1)
  }

  static func hasUser(_ name: [UInt8]) -> Bool { line("/etc/passwd", shown(name)) != nil }

  static func hasGroup(_ name: [UInt8]) -> Bool { line("/etc/group", shown(name)) != nil }

  /// The name of who runs this; its number where it has none.
  static func callerName() -> [UInt8] {
    let number = Array(String(geteuid()).utf8)
    let accounts = (try? readFile("/etc/passwd")) ?? []
    for line in accounts.split(separator: 0x0A) {
      let fields = line.split(separator: 0x3A, omittingEmptySubsequences: false)
      if fields.count > 2, fields[2].elementsEqual(number) { return Array(fields[0]) }
    }
    return number
  }

  private static func line(_ path: String, _ name: String) -> [ArraySlice<UInt8>]? {
    do throws(Errno) {
      for line in try readFile(path).split(separator: 0x0A) {
        let fields = line.split(separator: 0x3A, omittingEmptySubsequences: false)
        if let first = fields.first, first.elementsEqual(name.utf8) { return fields }
      }
    } catch { return nil }
    return nil
  }
}
