// ClientEncryption.swift: which clients have to encrypt, from the TLS_Clt: keys.
//
//     TLS_Clt:bank.example    VERIFY:128      client_encryption: bank.example, .bank.example
//     TLS_Clt:                ENCR:56         reject_plaintext_session for everybody
//
// Postfix can ask for encryption by client. It knows no key lengths there, and a
// certificate that verifies it can only permit, so that VERIFY asks no more than ENCR.

import Diagnostics

extension Builder {
  /// The beginning of the sender list, as sendmail asks for it when it has a sender. With
  /// delay_checks it asks after relaying, which in Postfix is before DATA. Friends and
  /// haters have to encrypt, too.
  func encryptedClients(_ access: AccessTable?) {
    let policies = (access?.others ?? []).filter(isClientPolicy)
    guard !policies.isEmpty else { return }
    var table = PostfixTable(
      "client_encryption", .hash, "clients that have to encrypt, by name or address")
    var everybody: SourceEntry?
    for entry in policies {
      let key = entry.key.cut(":")?.after ?? ""
      if key.isEmpty {
        everybody = entry
      } else {
        addPolicy(entry, key, to: &table)
      }
    }
    var words: [ValueWord] = []
    if !table.isEmpty {
      words.append(
        ValueWord("check_client_access " + side.put(table), facts.origin(ofFeature: "access_db")))
    }
    if let everybody, demandsEncryption(everybody) {
      words.append(ValueWord("reject_plaintext_session", origin(everybody)))
      notePolicy(everybody, "reject_plaintext_session")
    }
    guard !words.isEmpty else { return }
    let list = facts.has("delay_checks") ? "smtpd_data_restrictions" : "smtpd_sender_restrictions"
    restrictions[list] = words + (restrictions[list] ?? [])
    set(
      "plaintext_reject_code", "454", .restrictions, .standard("454 where encryption is asked for"))
  }

  func isClientPolicy(_ entry: SourceEntry) -> Bool { entry.key.hasPrefix("tls_clt:") }

  private func addPolicy(_ entry: SourceEntry, _ key: String, to table: inout PostfixTable) {
    // Before DATA the list asks nothing else, and may end with a yes.
    let exempt = facts.has("delay_checks") ? "OK" : "DUNNO"
    let action = demandsEncryption(entry) ? "reject_plaintext_session" : exempt
    let network = AccessNetwork(key)
    table.add(network.map { $0.isIPv6 ? $0.address : key } ?? key, action, origin(entry))
    if network == nil { table.add("." + key, action, origin(entry)) }
    notePolicy(entry, table.name)
  }

  private func notePolicy(_ entry: SourceEntry, _ postfix: String) {
    note(
      entry, .approximate, postfix,
      "The reply's code is 454 whatever PERM or TEMP say; with delay_checks it comes after refusals of "
        + "the client and the sender. Key lengths and certificates are not asked for.")
  }

  /// `[PERM+|TEMP+]VERIFY…` or `…ENCR…`; other words demand nothing.
  private func demandsEncryption(_ entry: SourceEntry) -> Bool {
    var rest = entry.value
    for word in ["PERM+", "TEMP+"] { rest = rest.dropping(prefix: word) ?? rest }
    return rest.hasPrefix("VERIFY") || rest.hasPrefix("ENCR:")
  }
}
