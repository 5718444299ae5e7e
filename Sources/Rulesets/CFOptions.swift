// CFOptions.swift: the options that rules and test mode depend on.

import SendmailCF

/// The values of options, by their names; the last one given counts. DontBlameSendmail
/// takes what each line excuses; `safe` begins anew. PrivacyOptions takes what each line asks for.
package struct CFOptions: Sendable {
  /// A configuration sets thirty or so.
  private var values: [(name: String, value: [UInt8])] = []

  package init() {}

  package subscript(name: String) -> [UInt8]? {
    get { values.first { $0.name == name }?.value }
    set {
      var newValue = newValue
      if name == "DontBlameSendmail", let newValue { excuse(newValue) }
      if name == "PrivacyOptions", let old = self[name], let value = newValue { newValue = old + [0x2C] + value }
      let index = values.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): values[index].value = value
      case (let index?, nil): values.remove(at: index)
      case (nil, let value?): values.append((name, value))
      case (nil, nil): break
      }
    }
  }

  /// Takes what an O line says, with the macros as they are by then.
  mutating func set(_ option: CFOption, _ macros: CFMacros, _ names: MacroNames) {
    let name = option.part.map { option.name + "." + shown($0) } ?? option.name
    let value = Self.expandedLater.contains(name) ? option.value : macros.expand(option.value).units
    self[name] = value.text(names)
  }

  /// They name macros of a message or a user.
  private static let expandedLater = ["ForwardPath", "UnixFromLine"]

  package func text(_ name: String) -> String? { self[name].map { shown($0) } }

  /// Values of yes or no: anything that begins like "true" or "yes", and nothing at all, is yes.
  package func isOn(_ name: String) -> Bool {
    guard let value = self[name] else { return false }
    guard let first = value.first else { return true }
    return "tTyY".utf8.contains(first)
  }

  /// BlankSub.
  package var blank: UInt8 { self["BlankSub"]?.first ?? 0x20 }

  /// MustQuoteChars: characters that a phrase may only have inside quotes.
  package var mustQuote: [UInt8] { Array("@,;:\\()[]".utf8) + (self["MustQuoteChars"] ?? Array(".'".utf8)) }

  /// DontBlameSendmail, in lower case.
  package private(set) var blame: [String] = []

  private mutating func excuse(_ value: [UInt8]) {
    for word in value.split(whereSeparator: { $0 == 0x2C || $0 == 0x20 }).map({ shown(lowered($0)) }) {
      if word == "safe" { blame = [] } else { blame.append(word) }
    }
  }
}
