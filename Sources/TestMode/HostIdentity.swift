// HostIdentity.swift: what sendmail knows about the machine it runs on.
//
// `$w`, `$j`, `$m` and `$k` from the host name, and class w from the network
// interfaces, as sendmail probes them at its start.

import Glibc
import Posix
import Rulesets
import SendmailCF

/// The identity that the configuration sees.
package struct HostIdentity: Sendable {
  /// The version that `$v` and messages name: what is emulated.
  package var version = EmulatedBuild.version
  package var name: [UInt8]
  /// IPv4 addresses, with whether they lead to the machine itself.
  package var addresses: [(text: [UInt8], isLoopback: Bool)] = []
  package var now: time_t

  /// Of this machine.
  package static func current() -> HostIdentity {
    var buffer = [CChar](repeating: 0, count: 256)
    let known = gethostname(&buffer, buffer.count - 1) == 0
    let name = known ? buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) } : []
    return HostIdentity(
      name: name.isEmpty ? Array("localhost".utf8) : name, addresses: interfaceAddresses(),
      now: time(nil))
  }

  private static func interfaceAddresses() -> [(text: [UInt8], isLoopback: Bool)] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var result: [(text: [UInt8], isLoopback: Bool)] = []
    var next = list
    while let interface = next {
      next = interface.pointee.ifa_next
      guard let address = interface.pointee.ifa_addr, address.pointee.sa_family == AF_INET,
        interface.pointee.ifa_flags & UInt32(IFF_UP) != 0
      else { continue }
      let bytes = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        withUnsafeBytes(of: $0.pointee.sin_addr.s_addr) { Array($0) }
      }
      let text = bytes.map { String($0) }.joined(separator: ".")
      let isLoopback = interface.pointee.ifa_flags & UInt32(IFF_LOOPBACK) != 0
      result.append((Array(text.utf8), isLoopback))
    }
    return result
  }

  /// Up to the first point.
  private var shortName: [UInt8] { Array(name.prefix { $0 != 0x2E }) }
  private var domain: [UInt8] { Array(name.dropFirst(shortName.count + 1)) }

  /// The macros that are set before the first line of the .cf is read.
  package var macros: [(name: String, value: [UInt8])] {
    var result: [(name: String, value: [UInt8])] = [
      ("w", shortName), ("j", name), ("k", name), ("v", version),
      ("n", Array("MAILER-DAEMON".utf8)), ("_", Array("root@localhost".utf8)), ("b", date),
      ("addr_type", Array("e r".utf8)), ("deliveryMode", [0x69]), ("load_avg", [0x30]),
      ("opMode", [0x74]), ("quarantine", []),
    ]
    if !domain.isEmpty { result.append(("m", domain)) }
    return result
  }

  /// As RFC 5322 writes it.
  private var date: [UInt8] {
    var seconds = now
    var parts = tm()
    localtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 64)
    let count = strftime(&buffer, buffer.count, "%a, %d %b %Y %H:%M:%S %z", &parts)
    return buffer.prefix(count).map { UInt8(bitPattern: $0) }
  }

  /// -d0.1 and -d0.4, as far as it stands before the configuration is read.
  func introduce(_ engine: RulesetEngine, _ debug: DebugLevels, _ output: OutputBuffer) {
    guard debug[0] >= 1 else { return }
    output.write("Version ")
    output.write(version)
    output.newline()
    output.write(EmulatedBuild.description)
    guard debug[0] >= 4 else { return }
    output.write("Canonical name: \(shown(name))\n UUCP nodename: \(shown(name))\n")
  }

  /// -d0.4: under which addresses and names the machine is known.
  func describeAddresses(_ engine: RulesetEngine, _ debug: DebugLevels, _ output: OutputBuffer) {
    guard debug[0] >= 4 else { return }
    for address in addresses {
      output.write("\ta.k.a.: [\(shown(address.text))]\n")
      for name in engine.hosts.names(ofAddress: address.text, engine) {
        output.write("\ta.k.a.: \(shown(name))\n")
      }
    }
  }

  /// -d0.1: who the configuration says we are.
  func describe(_ engine: RulesetEngine, _ debug: DebugLevels, _ output: OutputBuffer) {
    guard debug[0] >= 1 else { return }
    output.write("\n============ SYSTEM IDENTITY (after readcf) ============\n")
    for (label, number) in [
      ("      (short domain name) $w", 0x77), ("  (canonical domain name) $j", 0x6A),
      ("         (subdomain name) $m", 0x6D), ("              (node name) $k", 0x6B),
    ] {
      output.write("\(label) = ")
      output.writeVisible(engine.macroText(number) ?? [])
      output.newline()
    }
    output.write("========================================================\n\n")
  }

  /// All of that, for a command in another mode than `-bt`.
  package func describe(_ engine: RulesetEngine, _ debug: DebugLevels, on descriptor: Int32) {
    guard debug[0] >= 1 else { return }
    let output = OutputBuffer(descriptor)
    introduce(engine, debug, output)
    describeAddresses(engine, debug, output)
    describe(engine, debug, output)
    output.flush()
  }

  /// Puts the machine's names into class w and what goes with it.
  func addClasses(to engine: RulesetEngine) {
    engine.addWord(name, to: 0x77)
    engine.addWord(name, to: 0x6B)
    if !domain.isEmpty { engine.addWord(domain, to: 0x6D) }
    for (className, word) in Self.mimeClasses { engine.addWord(Array(word.utf8), to: className) }
    let probing = engine.program.options.text("DontProbeInterfaces")?.lowercased() ?? "false"
    if probing.hasPrefix("t") || probing.hasPrefix("y") { return }
    for address in addresses {
      addOnce([0x5B] + address.text + [0x5D], engine)
      if probing.hasPrefix("loopback"), address.isLoopback { continue }
      for name in engine.hosts.names(ofAddress: address.text, engine)
      where !engine.classes.contains(name, in: 0x77) {
        engine.addWord(name, to: 0x77)
        addOnce([0x5B] + name + [0x5D], engine)
      }
    }
  }

  /// What sendmail knows of MIME before a configuration says more.
  private static let mimeClasses: [(Int, String)] = [
    (0x73, "rfc822"), (0x6E, "multipart/signed"), (0x65, "7bit"), (0x65, "8bit"), (0x65, "binary"),
  ]

  private func addOnce(_ word: [UInt8], _ engine: RulesetEngine) {
    if !engine.classes.contains(word, in: 0x77) { engine.addWord(word, to: 0x77) }
  }
}

extension HostIdentity {
  /// What the reader of a .cf asks about the host.
  package var environment: CFEnvironment {
    var environment = CFEnvironment()
    environment.macros = macros
    environment.version = version
    environment.userExists = { Accounts.hasUser($0) }
    environment.groupExists = { Accounts.hasGroup($0) }
    environment.serviceExists = { hasService(shown($0)) }
    return environment
  }
}
