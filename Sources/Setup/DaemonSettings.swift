// DaemonSettings.swift: Debian's sendmail.conf, which says how the daemon is run.
//
//     QUEUE_INTERVAL="10m";        a shell reads it, and so does Perl: double quotes only
//
// One value is changed in place; all other lines, comments too, stay as they are.
//
// Fails: values that Debian's tools would not take are told at their lines.

import Diagnostics

/// The text of a sendmail.conf.
package struct DaemonSettings {
  private var lines: [[UInt8]]

  package init(_ text: [UInt8]) {
    lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
  }

  /// What stands between the quotes; of several settings the last.
  func value(of name: String) -> String? { lines.compactMap(Setting.init).last { $0.name == name }?.value }

  /// The text with another value.
  func with(_ name: String, _ value: String) -> [UInt8] {
    var lines = lines
    if let index = lines.lastIndex(where: { Setting($0)?.name == name }), let setting = Setting(lines[index]) {
      lines[index].replaceSubrange(setting.range, with: value.utf8)
    } else {
      if lines.last == [] { lines.removeLast() }
      lines += [Array("\(name)=\"\(value)\";".utf8), []]
    }
    return Array(lines.joined(separator: [0x0A]))
  }

  /// What Debian's tools would not take.
  package func faults(file: String) -> [Diagnostic] {
    lines.enumerated().compactMap { number, line -> Diagnostic? in
      func fault(_ text: String, _ fix: String, at column: Int, length: Int = 0) -> Diagnostic {
        Diagnostic(
          .error, .init(.daemonSetting, text, fix: fix),
          at: SourcePosition(file: file, line: number + 1, column: column + 1), length: length)
      }
      guard let setting = Setting(line) else {
        guard let name = Setting.unquotedName(line) else { return nil }
        return fault("the value of \(name) is not in double quotes", "write \(name)=\"...\";", at: 0)
      }
      guard let words = Self.words[setting.name], !setting.value.hasPrefix("$"),
        !words.contains(where: { setting.value.lowercased() == $0 })
      else { return nil }
      return fault(
        "`\(setting.value)' is no value of \(setting.name)", "write " + words.joined(separator: " or "),
        at: setting.range.lowerBound, length: setting.range.count)
    }
  }

  private static let words = [
    "DAEMON_NETMODE": ["static", "dynamic"], "DAEMON_MODE": ["daemon", "inetd", "none"],
    "QUEUE_MODE": ["daemon", "cron", "none"], "MSP_MODE": ["daemon", "cron", "none"],
    "HANDS_OFF": yesOrNo, "DAEMON_HOSTSTATS": yesOrNo, "DAEMON_MAILSTATS": yesOrNo, "LOG_CMDS": yesOrNo,
  ]
  private static let yesOrNo = ["yes", "no", "true", "false", "1", "0", "y", "n", "t", "f"]

  /// The file of a host that has none.
  static func fresh(queueInterval: String) -> [UInt8] {
    let settings = [
      ("how the daemon listens: daemon, inetd, none", "DAEMON_MODE", "Daemon"),
      ("its network: static, or dynamic where interfaces come and go", "DAEMON_NETMODE", "Static"),
      ("words for its command line", "DAEMON_PARMS", ""),
      ("who tries waiting mail again: daemon, cron, none", "QUEUE_MODE", "Daemon"),
      ("how often", "QUEUE_INTERVAL", queueInterval),
      ("the same for mail that programs on this host handed in", "MSP_MODE", "Cron"),
      ("", "MSP_INTERVAL", "20m"),
      ("who is told of what cron runs", "CRON_MAILTO", "root"),
      ("Yes: Debian's tools leave the configuration alone", "HANDS_OFF", "No"),
    ]
    let lines = settings.map { comment, name, value in
      (comment.isEmpty ? "" : "# \(comment)\n") + "\(name)=\"\(value)\";\n"
    }
    return Array(("# How sendmail's daemon is run; Debian's start script reads it.\n" + lines.joined()).utf8)
  }
}

/// A line that sets something.
private struct Setting {
  let name: String
  let value: String
  /// Of the value in its line.
  let range: Range<Int>

  init?(_ line: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    guard let name = Self.name(line), let start = line.firstIndex(of: UInt8(ascii: "=")).map({ $0 + 1 }),
      line.indices.contains(start), line[start] == quote, let end = line[(start + 1)...].firstIndex(of: quote)
    else { return nil }
    self.name = name
    range = (start + 1)..<end
    value = String(decoding: line[range], as: UTF8.self)
  }

  /// The name in a line that sets a value without double quotes.
  static func unquotedName(_ line: [UInt8]) -> String? {
    guard let sign = line.firstIndex(of: UInt8(ascii: "=")), line.dropFirst(sign + 1).first != UInt8(ascii: "\"") else {
      return nil
    }
    return name(line)
  }

  private static func name(_ line: [UInt8]) -> String? {
    guard let sign = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    let name = String(decoding: line[..<sign], as: UTF8.self).drop { $0 == " " || $0 == "\t" }
    let isName = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    return name.isEmpty || !isName ? nil : String(name)
  }
}
