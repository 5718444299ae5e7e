// HostNames.swift: the names that sendmail's host has by its hosts file.
//
//     127.0.1.1  mail.example.org mail        the line that names the host
//
// At its start sendmail looks its name up, and every name of that line is its own: in
// class w, or made the full name when addresses are canonified. What the hosts file does
// not say, it does not know, so that a short name is the host's only where the line has
// it. The usual line has it, and stands in for a file that is not there or says nothing of
// the host: the file of another machine.

/// The words that class w has from the host's name.
package enum HostNames {
  package static func words(of name: [UInt8], hosts: [UInt8]?) -> [[UInt8]] {
    let name = name.map(small)
    let line = hosts?.split(separator: 0x0A).lazy.map(names).first { $0.contains(name) }
    let words = line ?? [name, Array(name.prefix { $0 != 0x2E })]
    var seen: Set<[UInt8]> = []
    return ([name] + words).filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// The names of one line, without its address.
  private static func names(_ line: ArraySlice<UInt8>) -> [[UInt8]] {
    let words = line.prefix { $0 != 0x23 }.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    return words.dropFirst().map { $0.map(small) }
  }

  private static func small(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
