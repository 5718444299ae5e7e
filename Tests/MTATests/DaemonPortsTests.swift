// Where a configuration has mail taken, and what of it is for root alone.

import MTA
import Resolver
import TestSupport
import Testing

@Suite("Ports of a daemon")
struct DaemonPortsTests {
  private func ports(_ lines: String, asked: [String] = [], isRoot: Bool) throws -> DaemonPorts {
    let folder = try TemporaryFolder()
    let path = try folder.write("sendmail.cf", "V10/Berkeley\nDjtest.example\n\(lines)")
    let source = ConfigurationSource(path, hostName: "test.example", resolver: ZoneResolver([]))
    return DaemonPorts(try source.load { _ in }, asked: asked, isRoot: isRoot)
  }

  @Test("root has what the configuration says")
  func root() throws {
    let lines = "O DaemonPortOptions=Port=smtp,Addr=192.0.2.1,Name=MTA\nO DaemonPortOptions=Port=587, Name=MSA, M=Ea\n"
    #expect(try ports(lines, isRoot: true).listeners.map(\.description) == ["192.0.2.1:25", "0.0.0.0:587"])
    #expect(try ports("", isRoot: true).listeners.map(\.description) == ["0.0.0.0:25"])
    #expect(try ports("O DaemonPortOptions=Family=inet6\n", isRoot: true).listeners.map(\.description) == ["[::]:25"])
  }

  @Test("others have loopback and high ports, and are told so")
  func others() throws {
    let lines =
      "O DaemonPortOptions=Port=smtp\nO DaemonPortOptions=Port=5870,Addr=127.0.0.1\nO DaemonPortOptions=Port=2500\n"
    let found = try ports(lines, isRoot: false)
    #expect(found.listeners.map(\.description) == ["127.0.0.1:2525", "127.0.0.1:5870"])
    #expect(
      found.remarks == [
        "not root: listening on 127.0.0.1:2525 in place of 0.0.0.0:25",
        "not root: listening on 127.0.0.1:2525 in place of 0.0.0.0:2500",
      ])
  }

  @Test("the command line's ports count alone, whoever asks")
  func asked() throws {
    let found = try ports("O DaemonPortOptions=Port=smtp\n", asked: ["Port=2600,Addr=192.0.2.1"], isRoot: false)
    #expect(found.listeners.map(\.description) == ["192.0.2.1:2600"])
    #expect(found.remarks.isEmpty)
  }

  @Test("a port without a number and a strange family are said")
  func strange() throws {
    #expect(try ports("", asked: ["Port=nonesuch"], isRoot: true).listeners.isEmpty)
    #expect(try ports("", asked: ["Family=iso"], isRoot: true).remarks.count == 1)
  }
}
