// ProgramEnvironment.swift: the few variables that a program is given.
//
//     sendmail   AGENT=sendmail, TZ
//     Postfix    PATH; what export_environment names; about the mail: SENDER, RECIPIENT,
//                LOCAL, DOMAIN, USER, LOGNAME, … , where local(8) runs it
//
// Values come from strangers: Postfix puts `_` for bytes that could mean something to a
// shell. Names without a value are left out.

import MailAddress

package enum ProgramEnvironment {
  /// - Parameter timeZone: TZ, where the configuration sets one.
  package static func sendmail(timeZone: Bytes? = nil) -> [Bytes] {
    [Bytes(ascii: "AGENT=sendmail")] + (timeZone.map { [Bytes(ascii: "TZ=") + $0] } ?? [])
  }

  /// What pipe(8) gives.
  ///
  /// - Parameter exported: the values of export_environment's names, `NAME=value`.
  package static func postfixPipe(exported: [Bytes] = []) -> [Bytes] {
    [Bytes(ascii: "PATH=/usr/bin:/bin")] + exported
  }

  /// What local(8) tells a command about the mail and its recipient.
  package struct Local: Sendable, Equatable {
    package var sender: Bytes = []
    package var recipient: Bytes = []
    package var originalRecipient: Bytes = []
    /// The name that the delivery is for, without its extension.
    package var user: Bytes = []
    package var fullLocalPart: Bytes = []
    package var `extension`: Bytes = []
    package var domain: Bytes = []
    /// Where the recipient is an account.
    package var home: Bytes = []
    package var shell: Bytes = []
    package var clientAddress: Bytes = []
    package var clientName: Bytes = []
    package var clientHelo: Bytes = []
    package var clientProtocol: Bytes = []
    package var loginMethod: Bytes = []
    package var loginName: Bytes = []
    package var loginSender: Bytes = []

    package init() {}

    fileprivate var values: [(name: StaticString, value: Bytes)] {
      [
        ("HOME", home), ("SHELL", shell), ("USER", user), ("LOGNAME", user), ("EXTENSION", `extension`),
        ("DOMAIN", domain), ("LOCAL", fullLocalPart), ("ORIGINAL_RECIPIENT", originalRecipient),
        ("RECIPIENT", recipient), ("CLIENT_ADDRESS", clientAddress), ("CLIENT_HELO", clientHelo),
        ("CLIENT_HOSTNAME", clientName), ("CLIENT_PROTOCOL", clientProtocol), ("SASL_METHOD", loginMethod),
        ("SASL_SENDER", loginSender), ("SASL_USERNAME", loginName),
      ]
    }
  }

  /// The default of command_expansion_filter.
  package static let harmless = Set(
    "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

  package static func postfixLocal(
    _ local: Local, filter: Set<UInt8> = ProgramEnvironment.harmless, exported: [Bytes] = []
  ) -> [Bytes] {
    let known = local.values.filter { !$0.value.isEmpty }
    // The null sender is a sender.
    return postfixPipe(exported: exported)
      + (known + [("SENDER", local.sender)]).map { name, value in
        Bytes(ascii: name) + [0x3D] + value.map { filter.contains($0) ? $0 : 0x5F }
      }
  }
}
