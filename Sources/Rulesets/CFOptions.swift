// CFOptions.swift: the options that rules and test mode depend on.

import SendmailCF

/// The values of options, by their names; the last one given counts.
package struct CFOptions: Sendable {
  private var values: [String: [UInt8]] = [:]

  package init() {}

  package subscript(name: String) -> [UInt8]? {
    get { values[name] }
    set { values[name] = newValue }
  }

  package func text(_ name: String) -> String? { values[name].map { shown($0) } }

  /// Values of yes or no: anything that begins like "true" or "yes", and nothing at all, is yes.
  package func isOn(_ name: String) -> Bool {
    guard let value = values[name] else { return false }
    guard let first = value.first else { return true }
    return "tTyY".utf8.contains(first)
  }

  /// BlankSub.
  package var blank: UInt8 { values["BlankSub"]?.first ?? 0x20 }

  /// DontBlameSendmail, in lower case.
  package var blame: Set<String> {
    Set(
      (values["DontBlameSendmail"] ?? []).split { $0 == 0x2C || $0 == 0x20 }
        .map { shown(lowered($0)) })
  }
}
