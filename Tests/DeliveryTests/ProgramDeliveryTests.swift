// ProgramDeliveryTests.swift: programs, what they are given, and what their end means.

import Delivery
import Foundation
import MailAddress
import Posix
import TestSupport
import Testing

@Suite("Programs")
struct ProgramDeliveryTests {
  private func shell(_ script: String, _ dialect: MailDialect = .postfix) -> ProgramDelivery {
    ProgramDelivery(
      dialect, path: bytes("/bin/sh"), words: [bytes("sh"), bytes("-c"), bytes(script)],
      environment: ProgramEnvironment.postfixPipe())
  }

  /// A script, and the codes that sendmail and Postfix have for its end.
  static let ends: [(script: String, sendmail: String, postfix: String)] = [
    ("exit 1", "5.0.0", "5.3.0"), ("exit 64", "5.5.4", "5.3.0"), ("exit 67", "5.1.1", "5.1.1"),
    ("exit 71", "4.0.0", "4.3.0"), ("exit 74", "4.0.0", "5.3.0"), ("exit 75", "4.0.0", "4.3.0"),
    ("exit 127", "5.0.0", "5.3.0"), ("kill -9 $$", "4.0.0", "4.3.0"),
    ("echo 4.7.9 wait; exit 1", "5.0.0", "4.7.9"), ("echo 5.2.9 no; exit 75", "4.0.0", "5.2.9"),
    ("echo 2.0.1 fine; exit 1", "5.0.0", "5.0.0"), ("echo ' 4.1.1'; exit 1", "5.0.0", "5.3.0"),
    ("echo 4.7.1000 no; exit 1", "5.0.0", "5.3.0"),
  ]

  @Test("exit statuses", arguments: ends)
  func statuses(_ script: String, _ sendmail: String, _ postfix: String) {
    #expect(failure { try shell(script, .sendmail).deliver([]) }?.enhancedCode == sendmail)
    #expect(failure { try shell(script, .postfix).deliver([]) }?.enhancedCode == postfix)
  }

  @Test("the whole message arrives, whatever is printed meanwhile")
  func input() throws {
    let message = Bytes(repeating: 0x61, count: 3_000_000)
    let said = try shell("head -c 200000 /dev/zero | tr '\\0' x; wc -c").deliver(message)
    #expect(said == Bytes(repeating: 0x78, count: 1024))
    let count = try shell("wc -c").deliver(message)
    #expect(count == bytes("3000000"))
    #expect(try shell("exit 0").deliver(message) == [])
  }

  @Test("messages of the program are in the failure, in one line")
  func output() {
    let failed = failure { try shell("printf 'one\\ntwo\\033[0m'; echo three >&2; exit 69").deliver([]) }
    #expect(failed?.text.text.hasSuffix("one two?[0mthree") == true, "\(failed?.text.text ?? "")")
    #expect(failed?.exitStatus == 69)
  }

  @Test("time is up: the program and its children end, and Postfix gives the mail back", .timeLimit(.minutes(10)))
  func timeLimit() throws {
    let folder = try TemporaryFolder()
    var delivery = shell("(sleep 2; touch \(folder.path)/alive) & sleep 30")
    delivery.seconds = 0.3
    #expect(failure { try delivery.deliver([]) }?.enhancedCode == "5.3.0")
    delivery.dialect = .sendmail
    #expect(failure { try delivery.deliver([]) }?.enhancedCode == "4.3.0")
    sleep(3)
    #expect(!exists(folder.path + "/alive"))
  }

  @Test("a child in the background does not hold the delivery", .timeLimit(.minutes(10)))
  func background() throws {
    let start = monotonicSeconds()
    _ = try shell("sleep 20 & echo done").deliver([])
    #expect(monotonicSeconds() - start < 10)
  }

  @Test("words reach the program as they are: no shell reads them")
  func vector() throws {
    let delivery = ProgramDelivery(
      .sendmail, path: bytes("/usr/bin/printf"), words: ["p", "<%s>", "a;b", "$(id)", "`id`", ""].map(bytes),
      environment: [])
    #expect(try delivery.deliver([]) == bytes("<a;b><$(id)><`id`><>"))
  }

  @Test("a program that is not there", arguments: MailDialect.allCases)
  func missing(_ dialect: MailDialect) {
    for path in ["/no/such/program", "/etc/passwd", ""] {
      let delivery = ProgramDelivery(dialect, path: bytes(path), words: [bytes("x")], environment: [])
      #expect(failure { try delivery.deliver([]) }?.enhancedCode == (dialect == .postfix ? "4.3.0" : "4.0.0"))
    }
    let none = ProgramDelivery(dialect, path: bytes("/bin/sh"), words: [], environment: [])
    #expect(failure { try none.deliver([]) } != nil)
    let nul = ProgramDelivery(dialect, path: bytes("/bin/sh"), words: [[0x61, 0]], environment: [])
    #expect(failure { try nul.deliver([]) } != nil)
  }

  @Test("nothing of ours in its environment or its descriptors")
  func surroundings() throws {
    let stray = open("/dev/null", O_RDONLY)
    defer { close(stray) }
    let said = try shell("env | grep -v '^PWD=\\|^SHLVL=\\|^_=\\|^OLDPWD='; ls /proc/self/fd | wc -l; pwd").deliver([])
    // ls has its own descriptor for the folder.
    #expect(said.text.hasPrefix("PATH=/usr/bin:/bin 4 "))
    var delivery = shell("pwd; umask > /dev/null")
    delivery.folders = [bytes("/no/such"), bytes("/")]
    #expect(try delivery.deliver([]) == bytes("/"))
    delivery.folders = [bytes("/no/such")]
    #expect(failure { try delivery.deliver([]) }?.isTemporary == true)
  }

  @Test("root becomes the account, groups included", .enabled(if: isRoot, "needs root"))
  func account() throws {
    var delivery = shell("id -u; id -G")
    delivery.account = Account(user: 1, group: 2)
    #expect(try delivery.deliver([]) == bytes("1 2"))
  }

  @Test("SIGPIPE ends a program of a server that ignores it")
  func signals() throws {
    let before = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, before) }
    #expect(try shell("yes | head -n 1").deliver([]) == bytes("y"))
  }

  /// A command of an alias file, and what becomes of it.
  static let commands: [(command: String, path: String, words: [String])] = [
    ("/usr/bin/filter -a  b", "/usr/bin/filter", ["/usr/bin/filter", "-a", "b"]),
    ("cat", "/usr/bin/cat", ["cat"]),
    ("exit 1", "/bin/sh", ["sh", "-c", "exit 1"]),
    ("cat > x", "/bin/sh", ["sh", "-c", "cat > x"]),
    ("/bin/x $USER", "/bin/sh", ["sh", "-c", "/bin/x $USER"]),
    ("/bin/x@y!%-_=+:,.", "/bin/x@y!%-_=+:,.", ["/bin/x@y!%-_=+:,."]),
    ("  ", "/bin/sh", ["sh", "-c", "  "]),
  ]

  @Test("commands of aliases have a shell only where they need one", arguments: commands)
  func commandWords(_ command: String, _ path: String, _ words: [String]) {
    let delivery = ProgramDelivery.postfixCommand(bytes(command), environment: [])
    #expect(delivery.path.text == path && delivery.words.map(\.text) == words)
    let shell = ProgramDelivery.postfixCommand(bytes(command), shell: bytes("/bin/smrsh -c"), environment: [])
    #expect(shell.path.text == "/bin/smrsh" && shell.words.map(\.text) == ["/bin/smrsh", "-c", command])
  }

  @Test("values from strangers lose what a shell would read")
  func environment() {
    var local = ProgramEnvironment.Local()
    local.sender = bytes("a b$(id)@x")
    local.user = bytes("prog")
    let variables = ProgramEnvironment.postfixLocal(local, exported: [bytes("TZ=UTC")]).map(\.text)
    #expect(variables == ["PATH=/usr/bin:/bin", "TZ=UTC", "USER=prog", "LOGNAME=prog", "SENDER=a_b__id_@x"])
  }
}
