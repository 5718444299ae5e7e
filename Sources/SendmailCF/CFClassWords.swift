// CFClassWords.swift: the words of a C line.
//
//     CRbackup.example $={VirtHost}
//
// A word that begins with a class stands for the members that the class has when the
// line is read; what follows the class's name in that word is passed over.

/// Words, and classes whose members are to be words, too.
package struct CFClassWords {
  package private(set) var words: [[UInt8]] = []
  package private(set) var classes: [Int] = []

  /// - Parameter units: the text of the line, its macros expanded.
  package init(_ units: [CFUnit], _ names: MacroNames) {
    for word in units.split(whereSeparator: \.isSpace) {
      if let first = word.first, first.kind == .inClass {
        classes.append(first.argument)
      } else {
        words += split(word.text(names))
      }
    }
  }
}
