import Foundation
import Posix
import TestSupport
import Testing

@Suite("Programs that a configuration names")
struct ProgramTests {
  private let account = Account(user: 65_534, group: 65_534)

  @Test("a program's output and its end are told")
  func outputAndEnd() throws {
    let (output, end) = try runProgram([Array("/bin/echo".utf8), Array("two words".utf8)], as: account)
    #expect(output == Array("two words\n".utf8) && end == .exited(0))
    let missing = try runProgram([Array("/nowhere/echo".utf8)], as: account)
    #expect(missing.output.isEmpty && missing.end == .exited(78))
  }

  @Test("one that prints without end is ended, and leaves no zombie", .timeLimit(.minutes(10)))
  func endless() throws {
    let folder = try TemporaryFolder()
    chmod(folder.path, 0o755)
    let program = folder.path + "/endless-\(getpid())"
    try FileManager.default.copyItem(atPath: "/usr/bin/yes", toPath: program)
    #expect(throws: Errno(EFBIG)) {
      try runProgram([Array(program.utf8)], as: account, printingAtMost: 1 << 20)
    }
    // The kernel keeps fifteen characters of a process's name.
    let name = String(("endless-\(getpid())").prefix(15))
    let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc")
    let left = processes.filter { process in
      (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) == name + "\n"
    }
    #expect(left.isEmpty)
  }
}
