// DaemonPorts.swift: where a configuration says that mail is taken.
//
//     O DaemonPortOptions=Port=submission, Addr=127.0.0.1, Name=MSA, M=Ea     sendmail.cf
//     127.0.0.1:2525 inet n - y - - smtpd                                     master.cf
//
// Who is not root cannot have ports below 1024, and is not to be reached from elsewhere
// unless somebody asks for it on the command line: then loopback and 2525 take their place.

import MailAddress
import PostfixConfig

package struct DaemonPorts: Sendable {
  /// As the configuration has them.
  package private(set) var listeners: [RuntimeSettings.Listener] = []
  /// What was left out or replaced, in words for people.
  package private(set) var remarks: [String] = []

  package static let unprivileged = RuntimeSettings.Listener(port: 2525)

  /// - Parameters:
  ///   - asked: values of DaemonPortOptions on the command line, which count alone.
  ///   - isRoot: ports and addresses are taken as they are.
  package init(_ configuration: LoadedConfiguration, asked: [String], isRoot: Bool) {
    if !asked.isEmpty {
      for text in asked { add(text) }
      return
    }
    switch configuration.system {
    case .sendmail(let installation):
      let lines = installation.program.file.options.filter { $0.name == "DaemonPortOptions" }
      for line in lines { add(line.value.text(installation.program.file.names).text) }
      if lines.isEmpty { listeners = [RuntimeSettings.Listener(host: "0.0.0.0", port: 25)] }
    case .postfix(let postfix, _):
      for service in postfix.master.services where service.type == "inet" && service.command == "smtpd" {
        add(service: service.name, postfix.settings(for: service))
      }
    }
    if !isRoot { restrict() }
  }

  private mutating func add(_ text: String) {
    var listener = RuntimeSettings.Listener(host: "0.0.0.0", port: 25)
    for part in text.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1).map { Bytes($0.utf8).trimmed.text }
      guard pair.count == 2, let key = pair[0].lowercased().first else { continue }
      switch key {
      case "p":
        guard let port = Self.port(pair[1]) else {
          remarks.append("DaemonPortOptions=\(text): no port has the name \(pair[1]); left out")
          return
        }
        listener.port = port
      case "m": listener.modifiers = pair[1]
      case "a": listener.host = pair[1].hasPrefix("[") ? String(pair[1].dropFirst().dropLast()) : pair[1]
      case "f" where pair[1].hasPrefix("inet6") && listener.host == "0.0.0.0": listener.host = "::"
      case "f" where !pair[1].hasPrefix("inet"):
        remarks.append("DaemonPortOptions=\(text): the family \(pair[1]) is not served; left out")
        return
      default: break
      }
    }
    if !listeners.contains(where: { $0.description == listener.description }) { listeners.append(listener) }
  }

  private mutating func add(service name: String, _ settings: Settings) {
    let colon = name.lastIndex(of: ":")
    let port = String(colon.map { name[name.index(after: $0)...] } ?? name[...])
    guard let number = Self.port(port) else {
      return remarks.append("master.cf: no port has the name \(port); left out")
    }
    let hosts: [String]
    if let colon {
      hosts = [name[..<colon].filter { $0 != "[" && $0 != "]" }]
    } else {
      hosts = settings.list("inet_interfaces").map { word in
        switch word.text {
        case "all": "0.0.0.0"
        case "loopback-only", "localhost": "127.0.0.1"
        default: word.text
        }
      }
    }
    for host in hosts where !listeners.contains(where: { $0.host == host && $0.port == number }) {
      listeners.append(RuntimeSettings.Listener(host: host, port: number))
    }
  }

  private static func port(_ text: String) -> Int? {
    if let number = UInt16(text) { return Int(number) }
    return ["smtp": 25, "smtps": 465, "submissions": 465, "submission": 587][text.lowercased()]
  }

  private mutating func restrict() {
    var kept: [RuntimeSettings.Listener] = []
    for listener in listeners {
      let isLoopback = listener.host.hasPrefix("127.") || ["::1", "localhost"].contains(listener.host)
      if listener.port >= 1024, isLoopback {
        kept.append(listener)
      } else {
        remarks.append("not root: listening on \(Self.unprivileged) in place of \(listener)")
        if !kept.contains(Self.unprivileged) { kept.append(Self.unprivileged) }
      }
    }
    listeners = kept
  }
}
