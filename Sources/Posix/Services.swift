// Services.swift: names of TCP ports, from services(5).
//
// Read as text: a static program must not call the C library's name service.

/// Whether a name, or another name of the same port, stands in /etc/services.
package func hasService(_ name: String, root: FileRoot = "") -> Bool {
  guard let text = try? readFile(root + "/etc/services") else { return false }
  return text.split(separator: 0x0A).contains { line in
    let words = line.prefix { $0 != 0x23 }.split { $0 == 0x20 || $0 == 0x09 }
    guard words.count > 1, words[1].reversed().starts(with: "pct/".utf8) else { return false }
    return words.indices.contains { $0 != 1 && words[$0].elementsEqual(name.utf8) }
  }
}
