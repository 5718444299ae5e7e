// CFPrinter.swift: a .cf file as text again.
//
// The lines come out as they were read, so what the reader does not interpret is
// not lost; comments are gone, and a reader of the result gets the same value.

extension CFFile {
  /// The file without its comments.
  package func rendered() -> [UInt8] {
    var result: [UInt8] = []
    for line in lines { result += line.text + [0x0A] }
    return result
  }
}
