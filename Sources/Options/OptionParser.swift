// OptionParser.swift: a command line read by the rules of getopt(3) or
// getopt_long(3).
//
//     -x  -xy  -xVALUE  -x VALUE      letters, several in a word, values
//     --name  --na  --name=VALUE  --name VALUE
//     -NAME  -NAME VALUE              names of whole words (`NameStyle`)
//     --                              everything after it is an operand
//     -                               an operand
//
// Fails: never as a whole. A fault is an event in its place and reading goes
// on, because the originals decide for themselves whether to go on.

/// This process's arguments after its name, as bytes.
package func commandLineArguments() -> [[UInt8]] {
  var arguments: [[UInt8]] = []
  for index in 1..<max(Int(CommandLine.argc), 1) {
    guard let start = CommandLine.unsafeArgv[index] else { break }
    var end = start
    while end.pointee != 0 { end += 1 }
    let bytes = UnsafeRawBufferPointer(start: start, count: end - start)
    arguments.append(Array(bytes))
  }
  return arguments
}

/// Whether no word is an option, whatever the table: none begins with a dash, or it is one alone.
package func areOperands(_ arguments: [[UInt8]]) -> Bool {
  for word in arguments where word.count > 1 && word[0] == dash { return false }
  return true
}

extension OptionTable {
  /// The events of a command line, in order.
  ///
  /// - Parameter operandsEndOptions: what POSIX wants, and the C library does
  ///   where POSIXLY_CORRECT is set; else options are found behind operands too.
  package func parse(
    _ arguments: [[UInt8]], operandsEndOptions: Bool = false
  ) -> [OptionEvent<ID>] {
    var reader = OptionReader(
      table: self, arguments: arguments[...], operandsEndOptions: operandsEndOptions)
    reader.readAll()
    return reader.events
  }
}

extension Option {
  fileprivate func isWord(_ word: ArraySlice<UInt8>) -> Bool {
    style == .wholeWord && names.contains { $0.utf8.elementsEqual(word) }
  }
}

private let dash = UInt8(ascii: "-")
private let equals = UInt8(ascii: "=")
private let endOfOptions = [dash, dash]

private struct OptionReader<ID: Sendable> {
  let options: [Option<ID>]
  let grammar: OptionGrammar
  let operandsEndOptions: Bool
  var arguments: ArraySlice<[UInt8]>
  var events: [OptionEvent<ID>] = []

  init(table: OptionTable<ID>, arguments: ArraySlice<[UInt8]>, operandsEndOptions: Bool) {
    options = table.options
    grammar = table.grammar
    self.arguments = arguments
    self.operandsEndOptions = operandsEndOptions
  }

  mutating func readAll() {
    while let word = arguments.popFirst() {
      if word == endOfOptions { return takeOperands() }
      if word.count < 2 || word[0] != dash {
        events.append(.operand(word))
        if operandsEndOptions { return takeOperands() }
      } else if grammar == .lettersAndNames, word[1] == dash {
        readName(word[2...])
      } else if let option = options.first(where: { $0.isWord(word[1...]) }) {
        if case .required = option.value {
          takeValue(for: option, or: .nameNeedsValue(String(decoding: word[1...], as: UTF8.self)))
        } else {
          events.append(.option(option.id, value: nil))
        }
      } else {
        readLetters(word[1...])
      }
    }
  }

  private mutating func takeOperands() {
    events += arguments.map { .operand($0) }
    arguments = []
  }

  private mutating func readLetters(_ word: ArraySlice<UInt8>) {
    var rest = word
    while let letter = rest.popFirst() {
      guard let option = options.first(where: { $0.letters.contains(letter) }) else {
        events.append(.fault(.unknownLetter(letter)))
        continue
      }
      if option.value == .none {
        events.append(.option(option.id, value: nil))
        continue
      }
      if !rest.isEmpty {
        events.append(.option(option.id, value: Array(rest)))
      } else if case .optional = option.value {
        events.append(.option(option.id, value: nil))
      } else {
        takeValue(for: option, or: .letterNeedsValue(letter))
      }
      return
    }
  }

  private mutating func readName(_ word: ArraySlice<UInt8>) {
    let name = word.prefix { $0 != equals }
    let value = name.count < word.count ? Array(word.dropFirst(name.count + 1)) : nil
    switch find(name, written: word) {
    case .failure(let fault): events.append(.fault(fault))
    case .success(let (option, fullName)):
      switch (option.value, value) {
      case (.none, .some): events.append(.fault(.nameTakesNoValue(fullName)))
      case (.required, nil): takeValue(for: option, or: .nameNeedsValue(fullName))
      default: events.append(.option(option.id, value: value))
      }
    }
  }

  private mutating func takeValue(for option: Option<ID>, or fault: OptionFault) {
    if let value = arguments.popFirst() {
      events.append(.option(option.id, value: value))
    } else {
      events.append(.fault(fault))
    }
  }

  /// The option of that name, or of the one name that begins so. Several names
  /// of the same option are no ambiguity.
  private func find(
    _ name: ArraySlice<UInt8>, written: ArraySlice<UInt8>
  ) -> Result<(Option<ID>, String), OptionFault> {
    var candidates: [(row: Int, name: String)] = []
    for (row, option) in options.enumerated() {
      for known in option.names where known.utf8.starts(with: name) {
        if known.utf8.count == name.count { return .success((option, known)) }
        if option.style != .shortened { continue }
        candidates.append((row, known))
      }
    }
    guard let first = candidates.first else { return .failure(.unknownName(Array(written))) }
    // In the order in which GNU's tables have them.
    candidates.sort {
      (options[$0.row].letters.isEmpty ? 1 : 0, $0.name) < (options[$1.row].letters.isEmpty ? 1 : 0, $1.name)
    }
    if candidates.contains(where: { $0.row != first.row }) {
      return .failure(.ambiguousName(Array(written), candidates: candidates.map(\.name)))
    }
    return .success((options[first.row], first.name))
  }
}
