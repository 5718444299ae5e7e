// ThisHost.swift: the name of the machine we run on.

import Glibc
import MailAddress
import Posix
import SendmailCF

/// The host's full name, as far as the host name and the hosts file have it, and the first
/// part of it. The DNS is not asked: commands are to start where there is none.
package func currentHostName() -> (full: String, short: String) {
  var buffer = [CChar](repeating: 0, count: 256)
  let known = gethostname(&buffer, buffer.count - 1) == 0
  let name = known ? buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) } : []
  var full = name.isEmpty ? Bytes(ascii: "localhost") : name
  if !full.contains(.dot) {
    let names = HostNames.words(of: full, hosts: try? readFile("/etc/hosts"))
    full = names.first { $0.contains(.dot) } ?? full + Bytes(ascii: ".localdomain")
  }
  return (full.text, Bytes(full.prefix { $0 != .dot }).text)
}
