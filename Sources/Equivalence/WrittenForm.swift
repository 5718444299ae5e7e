// WrittenForm.swift: the forms in which people and programs write addresses.

import MailAddress

/// One way of writing an address at a domain.
struct WrittenForm {
  let name: String
  let write: @Sendable (_ domain: Bytes) -> Bytes

  private init(_ name: String, _ before: String, _ after: String = "") {
    self.name = name
    write = { Bytes(before.utf8) + $0 + Bytes(after.utf8) }
  }

  /// Written at every domain.
  static let plain: [WrittenForm] = [
    WrittenForm("a user", "user@"), WrittenForm("the postmaster", "postmaster@"),
  ]

  /// Written at every domain that others can be near to.
  static let beside: [WrittenForm] = [
    WrittenForm("a host below", "user@host."), WrittenForm("a domain that ends alike", "user@x"),
  ]

  /// Written at a few domains only: what they show does not depend on the domain.
  static let rare: [WrittenForm] = [
    WrittenForm("user+detail", "user+detail@"), WrittenForm("capital letters", "User.Name@"),
    WrittenForm("a quoted local part", "\"john doe\"@"), WrittenForm("a percent hack", "john%far.example@"),
    WrittenForm("a bang path", "far.example!john@"), WrittenForm("a route", "@far.example:john@"),
    WrittenForm("8-bit text", "j\u{F6}rg@"),
    WrittenForm("a redirected user", "john@", ".REDIRECT"), WrittenForm("two points", "john..doe@"),
    WrittenForm("a hyphen first", "-john@"), WrittenForm("a slash", "john/smith@"),
    WrittenForm("an empty detail", "john+@"), WrittenForm("an equals sign", "list=a=b@"),
  ]

  /// Addresses that name no domain of the configuration.
  static let alone: [(name: String, text: String)] = [
    ("a far domain", "user@far.example"), ("a bare user", "nobody-here"), ("the bare postmaster", "postmaster"),
    ("a user of localhost", "user@localhost"), ("a host without a dot", "user@nodots"),
    ("an IP literal", "user@[192.0.2.99]"), ("an IPv6 literal", "user@[IPv6:2001:db8::99]"),
    ("a bang path", "far.example!user"), ("a percent hack", "user%far.example"),
    ("capital letters", "Bare.User"), ("a quoted at sign", "\"user@inside\"@far.example"),
  ]

  /// The same local part with a detail behind it.
  static func detailed(_ address: Bytes) -> Bytes? {
    guard let (local, domain) = address.split(atLast: .at), !local.contains(0x2B), !local.contains(.quote) else {
      return nil
    }
    return local + Bytes(ascii: "+detail@") + domain
  }
}
