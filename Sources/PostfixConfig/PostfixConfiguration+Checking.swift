// PostfixConfiguration+Checking.swift: faults that only the whole configuration shows.
//
// Unknown names, references to names that nobody defines, expressions that do
// not expand, and yes/no parameters with another value.

import Diagnostics
import MailAddress

extension PostfixConfiguration {
  /// Reports what is wrong with names and values.
  package func check(report: (Diagnostic) -> Void) {
    let settings = settings()
    let references = referredNames
    let services = Set(master.services.map(\.name))
    for entry in main.entries where main.settings[entry.name] == entry {
      checkName(entry, references: references, services: services, report: report)
      checkExpansion(entry, settings: settings, report: report)
      checkFlag(entry, settings: settings, report: report)
    }
  }

  private func checkName(
    _ entry: MainConfiguration.Entry, references: Set<String>, services: Set<String>,
    report: (Diagnostic) -> Void
  ) {
    let name = entry.name
    let known =
      ParameterTable.defaultValue(name) != nil || ParameterTable.hostNames.contains(name)
      || name == "config_directory" || references.contains(name)
      || ParameterTable.isPerService(name, services: services) || isRestrictionClass(name)
    if known { return }
    let near = nearestName(to: name, among: ParameterTable.names)
    report(
      Diagnostic(
        .warning, .postfixUnknownParameter(name, near: near), at: entry.position,
        length: name.utf8.count))
  }

  private func isRestrictionClass(_ name: String) -> Bool {
    settings().list("smtpd_restriction_classes").contains(Bytes(name.utf8))
  }

  /// Names that a value of this main.cf or master.cf refers to.
  private var referredNames: Set<String> {
    var names: Set<String> = []
    let values = main.settings.values.map(\.value) + master.services.flatMap { $0.overrides.map(\.value) }
    let expansion = ValueExpansion { name in
      names.insert(name)
      return nil
    }
    for value in values { _ = try? expansion.expand(value) }
    return names
  }

  private func checkExpansion(
    _ entry: MainConfiguration.Entry, settings: Settings, report: (Diagnostic) -> Void
  ) {
    var undefined: [String] = []
    let expansion = ValueExpansion(value: settings.rawValue) { undefined.append($0) }
    do throws(ValueExpansion.Failure) {
      _ = try expansion.expand(entry.value)
    } catch {
      report(
        Diagnostic(
          .error, .postfixBadExpression(error.reason, in: entry.name),
          at: entry.position(ofValueAt: entry.value.firstIndex(of: .dollar) ?? 0)))
    }
    for name in undefined where !Self.expandedLater.contains(entry.name) {
      report(
        Diagnostic(
          .warning, .postfixUndefined(name, in: entry.name),
          at: settings.position(entry.name, of: Bytes(name.utf8))))
    }
  }

  /// Values whose names stand for parts of a delivery.
  private static let expandedLater: Set<String> = [
    "forward_path", "luser_relay", "mailbox_command", "default_rbl_reply", "fallback_transport",
    "command_execution_directory", "smtpd_reject_footer", "maillog_file_rotate_suffix",
  ]

  private func checkFlag(
    _ entry: MainConfiguration.Entry, settings: Settings, report: (Diagnostic) -> Void
  ) {
    guard let raw = ParameterTable.defaultValue(entry.name),
      let usual = try? ValueExpansion(value: settings.rawValue).expand(raw), Self.isFlag(usual)
    else { return }
    let value = settings.value(entry.name)
    if Self.isFlag(value) { return }
    report(
      Diagnostic(
        .error, .postfixValue(entry.name, value.text, expected: "yes or no"),
        at: entry.position(ofValueAt: 0), length: entry.value.count))
  }

  private static func isFlag(_ value: Bytes) -> Bool {
    [Bytes(ascii: "yes"), Bytes(ascii: "no")].contains(value.lowercased)
  }
}
