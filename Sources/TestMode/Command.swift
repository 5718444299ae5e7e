// Command.swift: `sendmail -bt`, from its options to its exit status.

import Glibc
import Posix
import Rulesets
import SendmailCF

/// The command `sendmail` in its test mode.
package enum Command {
  package static func run(_ arguments: [String]) -> Int32 {
    var options = CommandOptions()
    if let complaint = options.read(Array(arguments.dropFirst())) {
      complain("\(arguments.first ?? "sendmail"): \(complaint)\n")
      return ExitStatus.usage.rawValue
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
    session.notices = options.notices
    session.echoesInput = options.isVerbose
    return session.run(input: 0)
  }
}
