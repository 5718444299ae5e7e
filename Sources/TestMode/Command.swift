// Command.swift: the options of `sendmail -bt`.
//
// Other modes are refused with a clear message until there is a mail system
// behind them.

import Glibc
import Posix
import Rulesets
import SendmailCF

/// The command `sendmail`.
package enum Command {
  package static func run(_ arguments: [String]) -> Int32 {
    var options = CommandOptions()
    if let complaint = options.read(Array(arguments.dropFirst())) {
      complain("sendmail: \(complaint)\n")
      return ExitStatus.usage.rawValue
    }
    guard options.mode == 0x74 else {
      complain("sendmail: only the test mode (-bt) is here yet\n")
      return ExitStatus.unavailable.rawValue
    }
    return test(options)
  }

  private static func complain(_ text: String) {
    do throws(Errno) { try writeAll(2, Array(text.utf8)) } catch {}
  }

  /// Devices and pipes are refused with EINVAL, as sendmail does.
  private static func readPlainFile(_ path: String) throws(Errno) -> [UInt8] {
    var status = stat()
    if stat(path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
      throw Errno(EINVAL)
    }
    return try readFile(path)
  }

  private static func test(_ options: CommandOptions) -> Int32 {
    let host = HostIdentity.current()
    let bytes: [UInt8]
    do throws(Errno) {
      bytes = try readPlainFile(options.configuration)
    } catch {
      let isSpecial = error.code == EISDIR || error.code == EINVAL
      let reason = isSpecial ? "not a plain file" : "cannot open: \(error)"
      do throws(Errno) {
        try writeAll(1, Array("\(options.configuration): line 0: \(reason)\n".utf8))
      } catch {}
      return ExitStatus.systemFile.rawValue
    }
    var settings = ProgramSettings()
    settings.environment = host.environment
    settings.environment.macros += options.macros
    settings.options = options.settings
    settings.allowsPrograms = true
    let program = ProgramBuilder.build(bytes, name: options.configuration, settings: settings)
    let session = TestSession(program, host: host, debug: options.debug, output: 1)
    return session.run(input: 0)
  }
}

/// What the command line says.
struct CommandOptions {
  var mode: UInt8 = 0x6D
  var configuration = "/etc/mail/sendmail.cf"
  var macros: [(name: String, value: [UInt8])] = []
  var settings: [(name: String, value: [UInt8])] = []
  var debug = DebugLevels()

  /// Nil when all is well, otherwise what is wrong.
  mutating func read(_ arguments: [String]) -> String? {
    var rest = arguments[...]
    while let argument = rest.first {
      rest = rest.dropFirst()
      guard argument.hasPrefix("-"), argument.utf8.count > 1 else { continue }
      let letter = argument.utf8.dropFirst().first ?? 0
      var value = String(argument.dropFirst(2))
      if value.isEmpty, "CMOobD".utf8.contains(letter) {
        guard let next = rest.first else { return "option requires an argument -- '\(shown([letter]))'" }
        value = next
        rest = rest.dropFirst()
      }
      if let complaint = set(letter, value) { return complaint }
    }
    return nil
  }

  private mutating func set(_ letter: UInt8, _ value: String) -> String? {
    switch letter {
    case 0x62: mode = value.utf8.first ?? 0  // b
    case 0x43: configuration = value  // C
    case 0x64: debug.set(Array(value.utf8))  // d
    case 0x4D: setMacro(value)
    case 0x4F: setOption(value)
    case 0x6F: settings.append((shortName(value), Array(value.utf8.dropFirst())))
    case 0x76: break  // v
    default: return "option -\(shown([letter])) is not here yet"
    }
    return nil
  }

  private mutating func setMacro(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.first == 0x7B, let end = bytes.firstIndex(of: 0x7D) else {
      macros.append((String(text.prefix(1)), Array(bytes.dropFirst())))
      return
    }
    macros.append((shown(bytes[1..<end]), Array(bytes[(end + 1)...])))
  }

  private mutating func setOption(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first.map(String.init) ?? ""
    settings.append((name, parts.count > 1 ? Array(parts[1].utf8) : []))
  }

  private func shortName(_ text: String) -> String {
    text.utf8.first.flatMap { CFOptionTable.entry(letter: $0)?.name } ?? ""
  }
}
