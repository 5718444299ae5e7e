// BuildJob+PlainWords.swift: the usual forms of `waybill build`, read without the parser.
//
// A build is short, and ArgumentParser takes a third of it: it finds its options by
// reflection. So what continuous integration starts a thousand times, a file and options
// in separate words, is read here. Everything else, and above all every mistake, is
// ArgumentParser's, which both ways must agree with.

extension BuildJob {
  /// - Returns: nil where the words are not of the usual forms.
  init?(plainWords words: some Collection<String>) {
    guard words.first == "build" else { return nil }
    self.init(file: "")
    var given: [String] = []
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      guard word.utf8.first == UInt8(ascii: "-") else {
        guard file.isEmpty, !word.isEmpty else { return nil }
        file = word
        continue
      }
      if set(flag: word) {
        given.append(word)
      } else {
        let isJoined = word.utf8.count > 2 && word.hasPrefix("-D")
        guard let value = isJoined ? String(word.dropFirst(2)) : rest.popFirst(),
          value.utf8.first.map({ $0 != UInt8(ascii: "-") }) ?? false, set(isJoined ? "-D" : word, to: value)
        else { return nil }
        if !isJoined, word != "-D", word != "--define" { given.append(word == "-o" ? "--output" : word) }
      }
    }
    let isRepeated = given.indices.contains { given[..<$0].contains(given[$0]) }
    if file.isEmpty || isRepeated { return nil }
  }

  private mutating func set(flag: String) -> Bool {
    switch flag {
    case "--postfix": postfix = true
    case "--stdout": stdout = true
    case "--allow-exec": options.allowExec = true
    case "--json": options.json = true
    default: return false
    }
    return true
  }

  private mutating func set(_ option: String, to value: String) -> Bool {
    switch option {
    case "-o", "--output": output = value
    case "--tables": tables = value
    case "--host": host = value
    case "--library": options.library = value
    case "--root": options.root = value
    case "-D", "--define": options.define.append(value)
    default: return false
    }
    return true
  }
}
