// LibraryQuestions.swift: what libraries for sendmail ask the shell, answered without one.
//
// sendmail's own library runs a program of its own (sh/makeinfo.sh) that asks for the user, the
// host, the time and the folder, and includes what that wrote. The same questions are answered
// here with words that are the same everywhere, and the time that SOURCE_DATE_EPOCH gives, so
// that the same input makes the same bytes. Without a time the lines that would tell it are left out.
//
//     TEMPFILE  maketemp      a name
//               syscmd        sh FOLDERsh/makeinfo.sh FOLDER > TEMPFILE      nothing to do
//               include       the text
//               syscmd        rm -f TEMPFILE                                 nothing to do
//
// Our own library asks whether a file is there: test -r "FILE".

import Posix

package final class LibraryQuestions {
  private let sandbox: Sandbox
  private let time: Int?
  /// The library's folder, as it named it in its question.
  private var folder = ""

  /// - Parameters:
  ///   - sandbox: which files may be told to be there.
  ///   - time: in seconds since 1970.
  package init(_ sandbox: Sandbox, time: Int?) {
    self.sandbox = sandbox
    self.time = time
  }

  private static let template = Array("/tmp/cfXXXXXX".utf8)
  private static let name = "/tmp/cf-of-waybill"

  /// Answers the questions that come in these surroundings.
  package func attach(to surroundings: inout Surroundings) {
    surroundings.makeFile = file
    surroundings.readFile = { [self] path in text(of: path).map { .contents($0) } ?? .unhandled }
    surroundings.runCommand = { [self] command, _ in status(of: command).map { ([], $0) } }
  }

  /// The name of the file that is asked for; nil for one that something else asks for.
  package func file(named template: [UInt8]) -> [UInt8]? {
    template == Self.template ? Array(Self.name.utf8) : nil
  }

  /// The wait status of a question; nil for a command that is none.
  package func status(of command: [UInt8]) -> Int32? {
    let command = String(decoding: command, as: UTF8.self)
    if let path = Self.part(of: command, between: "test -r \"", and: "\""), !path.contains("\"") {
      return sandbox.allowsReading(path) ? isReadable(path) ? 0 : 1 << 8 : nil
    }
    if let folder = Self.part(of: command, between: "sh ", and: " > \(Self.name)").flatMap(Self.folderAsking) {
      self.folder = folder
      return 0
    }
    return command == "rm -f \(Self.name)" ? 0 : nil
  }

  private static func part(of text: String, between start: String, and end: String) -> String? {
    guard text.hasPrefix(start), text.hasSuffix(end), text.utf8.count >= start.utf8.count + end.utf8.count else {
      return nil
    }
    return String(text.dropFirst(start.count).dropLast(end.count))
  }

  /// `FOLDERsh/makeinfo.sh FOLDER`
  private static func folderAsking(_ words: String) -> String? {
    let folder = words.split(separator: " ").last.map(String.init) ?? ""
    return words == "\(folder)sh/makeinfo.sh \(folder)" ? folder : nil
  }

  package func text(of path: [UInt8]) -> [UInt8]? {
    guard path == Array(Self.name.utf8) else { return nil }
    let host = "define(`__HOST__', localhost)dnl\n"
    guard let time else { return Array(host.utf8) }
    let folder = folder.split(separator: "/").last ?? "cf"
    return Array(
      """
      ##### built by waybill@localhost on \(dateText(time))
      ##### in .
      ##### using \(folder)/ as configuration include directory
      \(host)
      """.utf8)
  }
}
