// Configuration.swift: the two things makemap wants from sendmail.cf.
//
//     O TrustedUser=smmta          who owns the maps that root builds
//     Kaccess hash -o /etc/mail/access     the type of a map, for `makemap cf`
//
// This is makemap's own way of reading it, line by line; it neither expands
// macros nor joins continued lines. SendmailCF is the target that reads a .cf
// as sendmail does.
//
// Fails: when the file cannot be read. Accounts come from /etc/passwd alone: a
// static executable has no access to other sources of accounts.

import Glibc
import Posix

struct Configuration {
  private(set) var trustedUser: uid_t?
  /// Names given as TrustedUser that no account has.
  private(set) var unknownUsers: [String] = []
  private var maps: [(file: [UInt8], type: [UInt8])] = []

  init() {}

  init(path: String) throws(Errno) {
    for line in try readFile(path).split(separator: 0x0A) {
      if line.starts(with: "O ".utf8) { readOption(line.dropFirst(2)) }
      if line.first == UInt8(ascii: "K") { readMap(line.dropFirst()) }
    }
  }

  /// The type of the K line that names the map's file, with its suffix or
  /// without where that is allowed.
  func type(ofMap name: [UInt8], orSuffixed: Bool) -> [UInt8]? {
    maps.first { $0.file == name || orSuffixed && $0.file == name + Array(".db".utf8) }?.type
  }

  private mutating func readMap(_ line: ArraySlice<UInt8>) {
    let words = line.split(whereSeparator: isBlank)
    guard words.count > 2, let file = words.last else { return }
    maps.append((Array(file), Array(words[1])))
  }

  private mutating func readOption(_ line: ArraySlice<UInt8>) {
    guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return }
    var name = line[..<equals]
    while let last = name.last, isBlank(last) { name.removeLast() }
    guard name.map(lowercased).elementsEqual("trusteduser".utf8) else { return }
    let value = Array(line[(equals + 1)...].drop(while: isBlank))
    if let first = value.first, isDigit(first) {
      trustedUser = number(value[...])
    } else {
      trustedUser = userNumber(value)
      if trustedUser == nil { unknownUsers.append(String(decoding: value, as: UTF8.self)) }
    }
  }
}

/// The number of an account in /etc/passwd: name:password:number:….
private func userNumber(_ name: [UInt8]) -> uid_t? {
  guard let accounts = try? readFile("/etc/passwd") else { return nil }
  for line in accounts.split(separator: 0x0A) {
    let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    if fields.count > 2, fields[0].elementsEqual(name) { return number(fields[2]) }
  }
  return nil
}

/// The number that the digits at the beginning make.
private func number(_ text: ArraySlice<UInt8>) -> uid_t? {
  uid_t(String(decoding: text.prefix(while: isDigit), as: UTF8.self))
}

private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 9 < 5 }
private func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
