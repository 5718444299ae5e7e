// StockHeader.swift: who built a configuration, where and when, as sendmail's library asks.
//
// The library runs a program of its own (sh/makeinfo.sh) that asks for the user, the host,
// the time and the folder, and includes what that wrote. The same questions are answered
// here with words that are the same everywhere, and the time that SOURCE_DATE_EPOCH gives,
// so that the same input makes the same bytes.
//
//     TEMPFILE  maketemp      a name
//               syscmd        sh …/makeinfo.sh … > TEMPFILE      nothing to do
//               include       the text
//               syscmd        rm -f TEMPFILE                     nothing to do

import Posix

struct StockHeader {
  private let library: Library
  private let time: Int

  /// nil for a library that does not ask.
  init?(_ library: Library, time: Int) {
    guard library.kind == .stock else { return nil }
    self.library = library
    self.time = time
  }

  private static let template = Array("/tmp/cfXXXXXX".utf8)
  private static let name = "/tmp/cf-of-waybill"

  /// The name of the file that is asked for; nil for one that something else asks for.
  func file(named template: [UInt8]) -> [UInt8]? { template == Self.template ? Array(Self.name.utf8) : nil }

  /// Whether a command is one of the library's questions.
  func answers(_ command: String) -> Bool {
    let folder = library.folder + "/"
    return command == "sh \(folder)sh/makeinfo.sh \(folder) > \(Self.name)" || command == "rm -f \(Self.name)"
  }

  func text(of path: String) -> [UInt8]? {
    guard path == Self.name else { return nil }
    let folder = library.folder.split(separator: "/").last ?? "cf"
    return Array(
      """
      ##### built by waybill@localhost on \(dateText(time))
      ##### in .
      ##### using \(folder)/ as configuration include directory
      define(`__HOST__', localhost)dnl

      """.utf8)
  }
}
