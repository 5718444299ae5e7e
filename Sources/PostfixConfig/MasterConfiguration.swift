// MasterConfiguration.swift: master.cf, the services of a Postfix instance.
//
//     name type private unprivileged chroot wakeup maxproc command -o name=value …
//
// What counts for routing are the transports' names and the `-o` settings, which
// override main.cf for one service.
//
// Fails: a line that is no service is a diagnostic and left out.

import Diagnostics
import MailAddress

package struct MasterConfiguration: Sendable, Equatable {
  package struct Service: Sendable, Equatable {
    package var name: String
    package var type: String
    /// private, unprivileged, chroot, wakeup, maxproc as written.
    package var columns: [String]
    package var command: String
    /// All after the command, braces kept.
    package var arguments: [Bytes]
    package var position: SourcePosition?

    package init(
      _ name: String, _ type: String, columns: [String], command: String, arguments: [Bytes] = [],
      position: SourcePosition? = nil
    ) {
      self.name = name
      self.type = type
      self.columns = columns
      self.command = command
      self.arguments = arguments
      self.position = position
    }

    /// The `-o` settings, as entries that override main.cf.
    package var overrides: [MainConfiguration.Entry] {
      var result: [MainConfiguration.Entry] = []
      for index in arguments.indices {
        let argument = arguments[index]
        if argument == Bytes(ascii: "-o"), index + 1 < arguments.count {
          result += setting(arguments[index + 1])
        } else if argument.hasPrefix(Bytes(ascii: "-o")), argument.count > 2 {
          result += setting(Bytes(argument.dropFirst(2)))
        }
      }
      return result
    }

    private func setting(_ text: Bytes) -> [MainConfiguration.Entry] {
      let text = ListSyntax.unbraced(text) ?? text
      guard let (name, value) = text.split(atFirst: 0x3D) else { return [] }
      var entry = MainConfiguration.Entry(name.trimmed.text, value.trimmed)
      entry.position = position
      return [entry]
    }
  }

  package var services: [Service]

  package init(services: [Service] = []) { self.services = services }

  /// The names that a transport may have: what delivery agents listen on.
  package var transports: Set<String> {
    Set(services.filter { $0.type == "unix" || $0.type == "pass" }.map(\.name))
  }

  /// The service that counts: of equal names and types the last.
  package func service(_ name: String, type: String) -> Service? {
    services.last { $0.name == name && $0.type == type }
  }

  /// The first service that runs this command, as the one that mail comes in by.
  package func firstService(running command: String, type: String) -> Service? {
    services.first { $0.command == command && $0.type == type }
  }

  package static func parse(
    _ bytes: Bytes, file: String, report: (Diagnostic) -> Void = { _ in }
  ) -> MasterConfiguration {
    MasterConfiguration(
      services: LogicalLine.all(in: bytes, of: file).compactMap { service(of: $0, report: report) })
  }

  private static func service(of line: LogicalLine, report: (Diagnostic) -> Void) -> Service? {
    let fields = ListSyntax.elements(line.text, commas: false)
    guard fields.count >= 8 else {
      report(
        Diagnostic(.error, .postfixServiceFields(fields.count), at: line.position(fields.first?.offset ?? 0)))
      return nil
    }
    for (field, column) in zip(fields[1..<7], Column.all) where !column.allows(field.text.text) {
      report(
        Diagnostic(
          .error, .postfixServiceField(column.name, field.text.text, allowed: column.allowed),
          at: line.position(field.offset), length: field.text.count))
      return nil
    }
    let service = Service(
      fields[0].text.text, fields[1].text.text, columns: fields[2..<7].map(\.text.text),
      command: fields[7].text.text, arguments: fields[8...].map(\.text),
      position: line.position(fields[0].offset))
    reportOptions(of: fields[8...], line: line, report: report)
    return service
  }

  private static func reportOptions(
    of arguments: ArraySlice<ListElement>, line: LogicalLine, report: (Diagnostic) -> Void
  ) {
    for index in arguments.indices where arguments[index].text == Bytes(ascii: "-o") {
      guard index + 1 < arguments.endIndex, !arguments[index + 1].text.contains(0x3D) else { continue }
      report(
        Diagnostic(
          .error, .postfixServiceOption(arguments[index + 1].text.text),
          at: line.position(arguments[index + 1].offset)))
    }
  }

  /// The text of the file: one service a paragraph, options on lines of their own.
  package var rendered: Bytes {
    services.reduce(into: []) { text, service in
      let head = [service.name, service.type] + service.columns + [service.command]
      text += Bytes(head.joined(separator: " ").utf8)
      var startsLine = true
      for argument in service.arguments {
        // A # would make a comment of its line.
        if startsLine, argument.first != .hash { text += Bytes(ascii: "\n ") }
        text += [0x20] + argument
        // An option keeps its value on its line.
        startsLine = argument != Bytes(ascii: "-o")
      }
      text.append(.newline)
    }
  }

  /// What may stand in the columns after the name.
  private struct Column {
    let name: String
    let allowed: String
    let allows: @Sendable (String) -> Bool

    static let all: [Column] = [
      Column(name: "type", allowed: "inet, unix, unix-dgram, fifo or pass") {
        ["inet", "unix", "unix-dgram", "fifo", "pass"].contains($0)
      },
      yesOrNo("private"), yesOrNo("unprivileged"), yesOrNo("chroot"),
      Column(name: "wakeup", allowed: "- or seconds, with ? to do so only when used") {
        $0 == "-" || isNumber($0.hasSuffix("?") ? String($0.dropLast()) : $0)
      },
      Column(name: "maxproc", allowed: "- or a number") { $0 == "-" || isNumber($0) },
    ]

    private static func yesOrNo(_ name: String) -> Column {
      Column(name: name, allowed: "y, n or -") { ["y", "n", "-"].contains($0) }
    }

    private static func isNumber(_ text: String) -> Bool {
      !text.isEmpty && text.utf8.allSatisfy(\.isDigit)
    }
  }
}
