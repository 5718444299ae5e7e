// Services.swift: names of TCP ports, from services(5).
//
// Read as text: a static program must not call the C library's name service.

/// Whether a name, or another name of the same port, stands in /etc/services.
package func hasService(_ name: String, root: FileRoot = "") -> Bool { servicePort(name, root: root) != nil }

/// The port of a service by its name; nil where /etc/services has none.
package func servicePort(_ name: String, root: FileRoot = "") -> Int? {
  guard let text = try? readFile(root + "/etc/services") else { return nil }
  for line in text.split(separator: 0x0A) {
    let words = line.prefix { $0 != 0x23 }.split { $0 == 0x20 || $0 == 0x09 }
    guard words.count > 1, words[1].reversed().starts(with: "pct/".utf8),
      words.indices.contains(where: { $0 != 1 && words[$0].elementsEqual(name.utf8) })
    else { continue }
    return Int(String(decoding: words[1].dropLast(4), as: UTF8.self))
  }
  return nil
}
