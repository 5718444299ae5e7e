// TestSession+Addresses.swift: /parse and /try.
//
// /parse does with an address what delivery does: rulesets 3 and 0 give a mailer
// triple, and the user part passes ruleset 2, the recipient rules of the mailer
// and ruleset 4. /try rewrites an address for a mailer, in the form that
// /tryflags chose, and puts it back among the words it came with.

import Rulesets
import SendmailCF

extension TestSession {
  func parse(_ text: [UInt8]) {
    guard !text.isEmpty else {
      output.write("Usage: /parse address\n")
      return
    }
    output.write("Cracked address = ")
    output.writeVisible(cracked(text).template)
    output.newline()
    output.write("Parsing \(flags.text) address\n")
    let loading = engine.load(text, as: .header)
    tell(loading.problems, about: text)
    let isTooLong = !loading.hasFailed && text.count > Tokenizer.longestAddress
    if isTooLong {
      output.write(shortened(Array(text.prefix(Tokenizer.longestAddress)), to: 203))
      output.write("... ")
      tell(.tooLong, about: text)
    }
    guard !loading.hasFailed, !loading.isEmpty, !isTooLong else {
      output.write("Cannot parse\n")
      return
    }
    _ = engine.rewrite(3)
    _ = engine.rewrite(0)
    print(deliver(text))
  }

  /// Makes an address the sender, as for a message: it must lead to a mailer that is no
  /// program, file or list. Otherwise, and without an address, the caller is the sender.
  func sender(_ text: [UInt8]) {
    var address = text
    if text.isEmpty || !canSend(text) {
      address = Accounts.callerName()
      _ = canSend(address)
    }
    tell(engine.load(address, as: .header).problems, about: address)
    for ruleset in [3, 1, 4] { _ = engine.rewrite(ruleset) }
    let result = engine.text(engine.tokens)
    engine.macros[Int(UInt8(ascii: "f"))] = result.map { CFUnit($0) }
    if let type = engine.names.known(Array("addr_type".utf8)) { engine.macros[type] = nil }
    output.write("addr=")
    output.write(result)
    output.newline()
  }

  private func canSend(_ address: [UInt8]) -> Bool {
    let loading = engine.load(address, as: .header)
    tell(loading.problems, about: address)
    guard !loading.hasFailed, !loading.isEmpty else { return false }
    _ = engine.rewrite(3)
    _ = engine.rewrite(0)
    let mailer = deliver(address).mailer
    if mailer == Self.errorMailer { return false }
    guard ["prog", "*file*", "*include*"].contains(shown(mailer)) else { return true }
    output.writeMessage(shortened(address, to: 203) + Array("... Invalid sender address".utf8))
    return false
  }

  /// Where an address goes.
  private struct Destination {
    var mailer: [UInt8]
    var host: [UInt8]?
    var user: [UInt8]
  }

  private static let errorMailer = Array("*error*".utf8)

  private func print(_ destination: Destination) {
    output.write("mailer ")
    output.write(destination.mailer)
    if let host = destination.host {
      output.write(", host ")
      output.write(host)
    }
    output.write(", user ")
    output.write(destination.user)
    output.newline()
  }

  /// Reads the triple of ruleset 0 and rewrites the user for its mailer.
  private func deliver(_ address: [UInt8]) -> Destination {
    guard let triple = engine.triple else { return refuse("no mailer in parsed address") }
    guard let user = triple.user, !triple.mailer.isEmpty else { return refuse("no user") }
    if shown(lowered(triple.mailer)) == "error" { return reject(triple, user, address) }
    guard let found = mailers.mailer(named: triple.mailer) else {
      return refuse("unknown mailer \(shown(triple.mailer))")
    }
    if found.isNetwork, triple.host == nil { return refuse("no host") }
    var mailer = found
    var tokens = triple.userTokens
    if let special = specialMailer(found, triple, &tokens) { mailer = special }
    if shown(mailer.name) == "*include*" {
      return Destination(mailer: mailer.name, host: triple.host, user: engine.text(tokens))
    }
    engine.load(tokens: tokens)
    _ = engine.rewrite(2)
    if let ruleset = mailer.recipient.envelope?.number, ruleset > 0 { _ = engine.rewrite(ruleset) }
    _ = engine.rewrite(4)
    var result = engine.text(engine.tokens)
    if engine.tokens.contains(where: { $0 < 128 }) {
      result = engine.tokens.flatMap { $0 < 128 ? [0x3F] : Array(engine.bytes($0)) }
      output.writeMessage(
        Array("Syntax error in mailbox address \"".utf8) + result
          + Array("\" (8-bit character)".utf8))
    }
    if result.contains(where: Self.isControl) {
      result = result.map { Self.isControl($0) ? 0x3F : $0 }
      output.writeMessage(
        Array("Syntax error in mailbox address \"".utf8) + result
          + Array("\" (non-printable character)".utf8))
    }
    return Destination(
      mailer: mailer.name, host: triple.host.map { mailer.flags.contains(0x68) ? $0 : lowered($0) },
      user: mailer.flags.contains(0x75) ? result : lowered(result))
  }

  private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

  private func refuse(_ reason: String) -> Destination {
    fault("buildaddr: \(reason)")
    return Destination(mailer: Self.errorMailer, host: nil, user: [])
  }

  /// The address is named where the reply code is about an address: x50 and x53.
  private func reject(_ triple: MailerTriple, _ user: [UInt8], _ address: [UInt8]) -> Destination {
    let reply = ErrorReply(user: user, host: triple.host)
    let isAboutAddress = reply.code[1] == 0x35 && (reply.code[2] == 0x30 || reply.code[2] == 0x33)
    let prefix = isAboutAddress ? shortened(address, to: 203) + Array("... ".utf8) : []
    output.writeMessage(prefix + reply.text)
    let status = ErrorReply.status(host: triple.host)
    if status != 75 { worsen(status) }
    return Destination(mailer: Self.errorMailer, host: triple.host, user: user)
  }

  /// Programs, files and lists among local users.
  private func specialMailer(
    _ mailer: CFMailer, _ triple: MailerTriple, _ tokens: inout [TokenID]
  ) -> CFMailer? {
    var text = triple.user ?? []
    if text.first == 0x22 { text.removeFirst() }
    switch text.first {
    case 0x7C where mailer.flags.contains(0x7C): return mailers.mailer(named: Array("prog".utf8))
    case 0x2F where mailer.flags.contains(0x2F): return mailers.mailer(named: Array("*file*".utf8))
    case 0x3A where mailer.flags.contains(0x3A):
      guard lowered(text).starts(with: ":include:".utf8) else { return nil }
      tokens.removeFirst(min(3, tokens.count))
      return mailers.mailer(named: Array("*include*".utf8))
    default: return nil
    }
  }

  // MARK: - /try

  func tryMailer(_ text: [UInt8]) {
    let name = Array(text.prefix { !isBlank($0) })
    let address = Array(text.dropFirst(name.count).drop(while: isBlank))
    guard !name.isEmpty, !address.isEmpty else {
      output.write("Usage: /try mailer address\n")
      return
    }
    guard let mailer = mailers.mailer(named: name) else {
      output.write("Unknown mailer ")
      output.write(name)
      output.newline()
      return
    }
    output.write("Trying \(flags.text) address ")
    output.write(address)
    output.write(" for mailer ")
    output.write(name)
    output.newline()
    let (status, result) = rewritten(address, for: mailer)
    output.write("Rcode = \(status), addr = ")
    output.write(result)
    output.newline()
  }

  private func cracked(_ address: [UInt8]) -> CrackedAddress {
    let options = program.options
    return CrackedAddress(address, quoting: options.mustQuote, hasGroups: !options.isOn("ColonOkInAddr"))
  }

  /// As much of a rewritten address as sendmail has room for.
  private static let longestResult = 254

  private func rewritten(_ address: [UInt8], for mailer: CFMailer) -> (Int32, [UInt8]) {
    let cracked = cracked(address)
    let loading = engine.load(address, as: .header)
    tell(loading.problems, about: address)
    guard !loading.hasFailed, !loading.isEmpty else { return (0, address) }
    let pair = flags.isSender ? mailer.sender : mailer.recipient
    var status: Int32 = 0
    for ruleset in [3, flags.isSender ? 1 : 2, (flags.isHeader ? pair.header : pair.envelope)?.number ?? 0, 4]
    where ruleset > 0 {
      let ended = engine.rewrite(ruleset)
      if status == 0 { status = ended }
    }
    return (status, cracked.around(Array(engine.text(engine.tokens).prefix(Self.longestResult))))
  }
}
