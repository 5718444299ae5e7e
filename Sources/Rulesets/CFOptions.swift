// CFOptions.swift: the options that rules and test mode depend on.

import SendmailCF

/// The values of options, by their names; the last one given counts. DontBlameSendmail
/// takes what each line excuses; `safe` begins anew.
package struct CFOptions: Sendable {
  private var values: [String: [UInt8]] = [:]

  package init() {}

  package subscript(name: String) -> [UInt8]? {
    get { values[name] }
    set {
      if name == "DontBlameSendmail", let newValue { excuse(newValue) }
      values[name] = newValue
    }
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
  package private(set) var blame: Set<String> = []

  private mutating func excuse(_ value: [UInt8]) {
    for word in value.split(whereSeparator: { $0 == 0x2C || $0 == 0x20 }).map({ shown(lowered($0)) }) {
      if word == "safe" { blame = [] } else { blame.insert(word) }
    }
  }
}
