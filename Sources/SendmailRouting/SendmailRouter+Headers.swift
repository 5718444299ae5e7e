// SendmailRouter+Headers.swift: the header of one copy under a .cf.
//
// H lines first, then the addresses of each field in the form of the mailer. Values of H
// lines see the envelope sender as it was queued; Return-Path, made last, sees it as the
// mailer passes it on.
//
// Fails: with the reason, where a map cannot say now.

import Routing
import Rulesets
import SendmailCF

extension SendmailRouter: HeaderRewriter {
  package func header(
    _ fields: [HeaderField], of copy: OutgoingCopy
  ) throws(HeaderFailure) -> [HeaderField] {
    guard let mailer = mailer(named: copy.resolution.transport) else {
      throw HeaderFailure(reason: "the configuration has no mailer \(shown(copy.resolution.transport))")
    }
    resetMacros()
    setMacros(of: copy, fullName: HeaderLines.fullName(in: fields, quoting: program.options.mustQuote))
    let sender = try mailerSender(copy, mailer)
    let macros = HeaderLines.Macros(
      expand: { [resolver] line in
        resolver.setMacro("g", line.traits.contains(.late) || copy.sender.isEmpty ? sender : copy.sender)
        return resolver.expanded(line.value)
      },
      isSet: { [engine] number in engine.macros[number].map { !$0.isEmpty } ?? false })
    let complete = headerLines.complete(fields + addedRecipients(fields, copy), for: mailer.flags, macros)
    let addressed: HeaderTraits = [.sender, .recipient]
    let isOld = program.options.isOn("OldStyleHeaders") && !HeaderAddresses.isNewStyle(fields)
    let addresses = HeaderAddresses(resolver, mailer, domain: try addedDomain(copy.sender), isOld: isOld)
    var result: [HeaderField] = []
    result.reserveCapacity(complete.count)
    for outgoing in complete {
      var field = outgoing.field
      if !outgoing.traits.isDisjoint(with: addressed) {
        field.body = try addresses.rewrite(field, isSender: outgoing.traits.contains(.sender))
      }
      result.append(field)
    }
    return result
  }

  /// NoRecipientAction: what a message without any recipient in its header gets.
  private func addedRecipients(_ fields: [HeaderField], _ copy: OutgoingCopy) -> [HeaderField] {
    guard let action = program.options["NoRecipientAction"]?.map(folded), !HeaderLines.namesRecipients(fields) else {
      return []
    }
    func field(_ name: String, _ body: [UInt8]) -> HeaderField {
      HeaderField(name: Array(name.utf8), body: [0x20] + body)
    }
    // As RCPT gave them; each goes before the one before.
    let recipients = copy.fact("address") == nil ? copy.recipients : copy.recipients.map { [0x3C] + $0 + [0x3E] }
    switch shown(action) {
    case "add-to": return recipients.reversed().map { field("To", $0) }
    case "add-apparently-to": return recipients.reversed().map { field("Apparently-To", $0) }
    case "add-bcc": return [field("Bcc", [])]
    case "add-to-undisclosed": return [field("To", Array("undisclosed-recipients:;".utf8))]
    default: return []
    }
  }

  /// The mailer of an M line, or one of those that every sendmail has.
  package func mailer(named name: [UInt8]) -> CFMailer? {
    if let mailer = program.mailer(named: name) { return mailer }
    guard name.elementsEqual("*file*".utf8) else { return nil }
    var mailer = CFMailer(name: name)
    mailer.flags = MailerFlags("lsDFMPEouq9".utf8)
    mailer.endOfLine = [0x0A]
    return mailer
  }

  /// `$g` of a mailer: who has no name for the null sender calls it by `$n`.
  package func mailerSender(_ copy: OutgoingCopy, _ mailer: CFMailer) throws(HeaderFailure) -> [UInt8] {
    guard copy.sender.isEmpty, !mailer.isNetwork || mailer.flags.contains(0x67) else { return copy.mailerSender }
    let role = AddressRole(isSender: true, isHeader: false)
    do throws(AddressProblem) {
      return try resolver.rewrite(Array("<>".utf8), for: mailer, as: role)
    } catch {
      throw HeaderFailure(reason: "the rules cannot say how to write the null sender")
    }
  }

  func setMacros(of copy: OutgoingCopy, fullName: [UInt8]?) {
    let address = copy.fact("address").map(AddressText.of)
    let literal = address.map { [0x5B] + $0 + [0x5D] }
    let name = copy.fact("name").flatMap { $0.isEmpty ? nil : $0 }
    let origin = literal.map { (name.map { $0 + [0x20] } ?? []) + $0 }
    // As RCPT gave it.
    let recipient = copy.fact("recipient").map { address == nil ? $0 : [0x3C] + $0 + [0x3E] }
    let values: [(String, [UInt8]?)] = [
      ("i", copy.queueID), ("f", copy.sender), ("a", copy.dates.mail), ("b", copy.dates.mail), ("d", copy.dates.line),
      ("t", Array(copy.dates.second.prefix(12))), ("r", copy.fact("protocol")), ("s", copy.fact("helo")),
      ("_", copy.fact("login") ?? origin), ("u", recipient), ("h", copy.resolution.host),
      ("x", fullName ?? copy.fact("fullname")), ("client_addr", address), ("client_name", name ?? literal),
      ("client_ptr", name ?? literal), ("daemon_name", address.map { _ in Array("MTA".utf8) }), ("c", [0x30]),
      ("p", copy.fact("process")),
    ]
    for (name, value) in values { resolver.setMacro(name, value) }
    for (key, value) in copy.facts where key.first == 0x7B && key.last == 0x7D {
      resolver.setMacro(shown(Array(key.dropFirst().dropLast())), value)
    }
  }

  /// `@domain` of the sender, where its mailer has the flag C.
  private func addedDomain(_ sender: [UInt8]) throws(HeaderFailure) -> [UInt8]? {
    guard hasDomainFlag, !sender.isEmpty, let at = sender.lastIndex(of: 0x40) else { return nil }
    do throws(AddressProblem) {
      let triple = try resolver.resolve(sender, shown: sender)
      let flags = program.mailer(named: triple.mailer)?.flags
      return flags?.contains(0x43) ?? false ? Array(sender[at...]) : nil
    } catch {
      if case .temporaryFailure = error {
        throw HeaderFailure(reason: "the rules cannot resolve the sender \(shown(sender))")
      }
      return nil
    }
  }

  private func shown(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
