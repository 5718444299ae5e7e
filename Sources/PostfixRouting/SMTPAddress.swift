// SMTPAddress.swift: what stands in MAIL FROM and RCPT TO, as smtpd reads it.

import MailAddress

enum SMTPAddress {
  /// The address without quotes; nil where it is more than one address.
  static func parse(_ path: Bytes) -> Bytes? {
    let addresses = AddressList.addresses([0x3C] + path + [0x3E])
    guard addresses.count <= 1 else { return nil }
    return AddressToken.internalForm(addresses.first ?? [])
  }

  static func internalForm(_ path: Bytes) -> Bytes { parse(path) ?? path }
}
