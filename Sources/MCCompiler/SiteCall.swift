// SiteCall.swift: what a site file asked for, call by call.
//
// The .cf no longer says which FEATURE a rule came from, or that two options
// were set together. Whoever translates or explains a configuration starts from
// the calls that the admin wrote, each with its place.

import Diagnostics

/// A macro call that stands in the site file itself, as it was carried out.
package struct SiteCall: Sendable, Equatable {
  package let name: String
  /// The arguments after expansion.
  package let arguments: [[UInt8]]
  package let position: SourcePosition

  package init(name: String, arguments: [[UInt8]], position: SourcePosition) {
    self.name = name
    self.arguments = arguments
    self.position = position
  }

  /// An argument as text; empty where it was not given. Counted from 0.
  package func text(_ index: Int) -> String {
    index < arguments.count ? String(decoding: arguments[index], as: UTF8.self) : ""
  }

  /// As an admin would quote it, for instance ``FEATURE(`mailertable')``.
  package var summary: String {
    guard let first = arguments.first else { return name }
    let shown = String(decoding: first, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
    return "\(name)(`\(shown)'" + (arguments.count > 1 ? ", …)" : ")")
  }

  /// Calls that shape the text of the file and say nothing about mail.
  package var isLayout: Bool { Self.layoutNames.contains(name) }

  static let layoutNames: Set<String> = [
    "dnl", "divert", "undivert", "include", "sinclude", "changequote", "changecom", "ifdef",
    "ifelse", "errprint", "__file__", "__line__", "divnum", "PUSHDIVERT", "POPDIVERT",
  ]
}
