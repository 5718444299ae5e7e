// StatedSettings.swift: what a configuration says that no envelope shows.
//
//     hopcount_limit                    100
//     inet 127.0.0.1:submission         smtpd -o smtpd_etrn_restrictions=reject
//     option Timeout.queuewarn          4h
//     mailer local                      P=/usr/sbin/sensible-mda A=… F=…
//
// Limits, times, ports, headers, the way into mailboxes: an envelope meets none of
// these, and yet somebody minds when they change. Names and values are text, brought
// into one form, so that two sides can be held against each other.

/// Settings by name, in the form in which they are compared.
package struct StatedSettings {
  package struct Value: Sendable {
    /// Of equal texts nothing is told.
    package var text: String
    /// For instance `main.cf:12` or `sendmail.mc:12 define(…)`; nil for a default.
    var origin: String?
  }

  package var values: [String: Value] = [:]

  package init() {}

  package subscript(name: String) -> Value? {
    get { values[name] }
    set { values[name] = newValue }
  }
}

/// A setting in which two sides differ, without an envelope to show it.
package struct SettingDifference: Sendable {
  package let name: String
  package let one: Side
  package let other: Side

  /// One side of it.
  package struct Side: Sendable {
    /// nil where the side does not have such a setting at all.
    package let value: String?
    package let origin: String?

    init(_ value: StatedSettings.Value?) {
      self.value = value?.text
      origin = value?.origin
    }

    /// The value with its place.
    package var text: String {
      let value = value.map { $0.isEmpty ? "empty" : $0 } ?? "not there"
      return value + (origin.map { " (\($0))" } ?? "")
    }
  }

  /// What differs, in the order of the names.
  package static func between(_ one: StatedSettings, _ other: StatedSettings) -> [SettingDifference] {
    Set(one.values.keys).union(other.values.keys).sorted()
      .filter { one[$0]?.text != other[$0]?.text }
      .map { SettingDifference(name: $0, one: Side(one[$0]), other: Side(other[$0])) }
  }
}
