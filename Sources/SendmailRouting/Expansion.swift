// Expansion.swift: from a resolved recipient to the copies that are delivered.
//
//     triple ─ alias ─► targets, each resolved again
//        └── ruleset 5 ─► another triple, or an account ─ .forward ─► targets
//
// A name is expanded once; a loop is cut where it closes. How deep aliases may
// lead is MaxAliasRecursion.

import Aliases
import Posix
import Routing
import Rulesets
import SendmailCF

/// One copy, before its mailer has written the addresses.
struct Copy {
  var triple: ResolvedAddress
  var destination: Destination
  var path: [Resolution]
  /// The envelope sender that an owner alias put in place of the message's own.
  var owner: [UInt8]?
}

/// Expands the recipients of one envelope.
struct Expansion {
  let resolver: AddressResolver
  let aliases: AliasTables
  let users: LocalUsers
  let root: FileRoot
  var tracer: (String) -> Void

  private var seen: Set<ResolvedAddress> = []
  private(set) var copies: [Copy] = []
  /// The refusal of the recipient itself: told at RCPT, when nothing else is there.
  private(set) var refusal: Decision?

  init(
    _ resolver: AddressResolver, aliases: AliasTables, users: LocalUsers, root: FileRoot,
    tracer: @escaping (String) -> Void
  ) {
    self.resolver = resolver
    self.aliases = aliases
    self.users = users
    self.root = root
    self.tracer = tracer
  }

  private var program: RulesetProgram { resolver.engine.program }
  private var limit: Int {
    program.options.text("MaxAliasRecursion").flatMap { Int($0) } ?? 10
  }

  /// Where a name stands on its way.
  private struct Place {
    var path: [Resolution] = []
    var depth = 0
    var owner: [UInt8]?
    var mayForward = true
    var mayAlias = true
    /// Came from an alias or a file: it may be a program, and the client is told no more.
    var isExpanded = false
  }

  mutating func expand(_ triple: ResolvedAddress, given: [UInt8]) {
    expand(triple, Place(), given: given)
  }

  private mutating func expand(_ triple: ResolvedAddress, _ place: Place, given: [UInt8]) {
    guard let mailer = program.mailer(named: triple.mailer) else { return }
    let step = Resolution(transport: triple.mailer, host: triple.host, user: triple.user)
    guard seen.insert(triple).inserted else {
      if place.path.contains(step) { refuse(ErrorText.aliasLoop(""), triple, place) }
      return
    }
    guard place.depth <= limit else {
      refuse(ErrorText.aliasLoop(" (\(place.depth) aliases deep; \(limit) max)"), triple, place)
      return
    }
    var place = place
    place.path.append(step)
    var triple = triple
    if isDirect(triple, mailer, place, given: given) { return }
    if triple.user.first == 0x5C {
      triple.user.removeFirst()
      place.mayAlias = false
      place.mayForward = false
    }
    if mailer.flags.contains(0x41), place.mayAlias {
      switch aliases.lookUp(triple.user) {
      case .found(let value, let table):
        expandAlias(triple, value, table, place, given: given)
        return
      case .temporaryFailure:
        fail(place)
        return
      case .notFound: break
      }
    }
    if mailer.flags.contains(0x35), place.mayAlias, !triple.isSettled,
      followedRuleset5(triple, place, given: given)
    {
      return
    }
    if mailer.flags.contains(0x77) {
      deliverLocally(triple, mailer, place, given: given)
    } else {
      finish(triple, destination(of: triple, mailer), place)
    }
  }

  // MARK: Programs and files

  /// A user that is a program, a file or an include, for mailers that know such.
  private mutating func isDirect(
    _ triple: ResolvedAddress, _ mailer: CFMailer, _ place: Place, given: [UInt8]
  ) -> Bool {
    let user = ErrorText.unquoted(triple.user)
    let kinds: [(flag: UInt8, isKind: Bool, what: String)] = [
      (0x7C, user.first == 0x7C, "programs"), (0x2F, user.first == 0x2F, "files"),
      (0x3A, user.starts(with: Array(":include:".utf8)), ":include:s"),
    ]
    guard let kind = kinds.first(where: { $0.isKind && mailer.flags.contains($0.flag) }),
      !place.isExpanded
    else { return false }
    refuse(
      ErrorText.told(550, "5.7.1", Array("Cannot mail directly to \(kind.what)".utf8), about: given),
      triple, place)
    return true
  }

  // MARK: Aliases

  private mutating func expandAlias(
    _ triple: ResolvedAddress, _ value: [UInt8], _ table: String, _ place: Place, given: [UInt8]
  ) {
    tracer("alias \(text(triple.user)) in \(table): \(text(value))")
    var inner = place
    inner.depth += 1
    inner.isExpanded = true
    let ownerName = Array("owner-".utf8) + triple.user
    if case .found(let owner, _) = aliases.lookUp(ownerName) {
      // A list of owners, a program or a file cannot be a sender: its name is.
      inner.owner = owner.contains(where: { Array(",:/|\"".utf8).contains($0) }) ? ownerName : owner
    }
    follow(AliasTarget.parse(value), inner, given: given, expanding: triple.user)
  }

  private mutating func follow(
    _ targets: [AliasTarget], _ place: Place, given: [UInt8], expanding name: [UInt8]
  ) {
    for target in targets {
      switch target {
      case .program(let command):
        let triple = ResolvedAddress(mailer: Array("prog".utf8), host: [], user: [0x7C] + command)
        finish(triple, .program(command: command), place)
      case .file(let path):
        finish(
          ResolvedAddress(mailer: Array("*file*".utf8), host: [], user: path), .file(path: path), place)
      case .mailbox(let user): followAddress([0x5C] + user, place, given: given, expanding: name)
      case .include(let path): include(path, place, given: given)
      case .address(let address): followAddress(address, place, given: given, expanding: name)
      }
    }
  }

  private mutating func followAddress(
    _ address: [UInt8], _ place: Place, given: [UInt8], expanding name: [UInt8]
  ) {
    var place = place
    // A name in its own expansion means the account.
    if address.map(folded) == name.map(folded) {
      place.mayAlias = false
      seen.removeAll()
    }
    do throws(AddressProblem) {
      expand(try resolver.resolve(address, shown: address), place, given: address)
    } catch {
      switch error {
      case .temporaryFailure: fail(place)
      case .refused(let reply):
        refuse(reply, ResolvedAddress(mailer: Array("error".utf8), host: [], user: address), place)
      }
    }
  }

  private mutating func include(_ path: [UInt8], _ place: Place, given: [UInt8]) {
    var inner = place
    inner.depth += 1
    inner.isExpanded = true
    guard inner.depth <= limit else { return }
    let file = text(path)
    do throws(Errno) {
      tracer("include \(file)")
      follow(AliasTarget.parse(file: try readFile(root + file)), inner, given: given, expanding: [])
    } catch {
      refuse(
        ErrorText.told(550, "5.2.4", Array("Cannot open \(file): \(error)".utf8), about: given),
        ResolvedAddress(mailer: Array("*include*".utf8), host: [], user: path), place)
    }
  }

  // MARK: Accounts

  private mutating func followedRuleset5(
    _ triple: ResolvedAddress, _ place: Place, given: [UInt8]
  ) -> Bool {
    do throws(AddressProblem) {
      guard let other = try resolver.resolveLocal(triple.user, host: triple.host, shown: given) else { return false }
      if !other.isSettled, other.mailer.map(folded) == triple.mailer.map(folded), other.user == triple.user {
        return false
      }
      tracer("ruleset 5: \(text(triple.user)) becomes \(text(other.mailer)) \(text(other.user))")
      var inner = place
      inner.depth += 1
      expand(other, inner, given: given)
      return true
    } catch {
      switch error {
      case .temporaryFailure: fail(place)
      case .refused(let reply): refuse(reply, triple, place)
      }
      return true
    }
  }

  private mutating func deliverLocally(
    _ triple: ResolvedAddress, _ mailer: CFMailer, _ place: Place, given: [UInt8]
  ) {
    let user = ErrorText.unquoted(triple.user)
    guard !users.isUnreadable else {
      fail(place)
      return
    }
    guard let home = users.home(of: user) else {
      refuse(ErrorText.told(550, "5.1.1", Array("User unknown".utf8), about: given), triple, place)
      return
    }
    if place.mayForward, let (path, bytes) = forwardFile(user: user, home: home, host: triple.host) {
      tracer("forward file \(path)")
      var inner = place
      inner.depth += 1
      inner.isExpanded = true
      inner.mayForward = true
      let targets = AliasTarget.parse(file: bytes)
      if !targets.isEmpty {
        follow(targets, inner, given: given, expanding: user)
        return
      }
    }
    finish(triple, .mailbox(user: user), place)
  }

  /// The first file of ForwardPath that is there.
  private func forwardFile(
    user: [UInt8], home: [UInt8], host: [UInt8]
  ) -> (path: String, bytes: [UInt8])? {
    guard let option = program.options["ForwardPath"] else { return nil }
    resolver.setMacro("z", home)
    resolver.setMacro("u", user)
    resolver.setMacro("h", host)
    for path in option.split(separator: 0x3A) {
      let name = text(resolver.expandText(Array(path)))
      if name.hasPrefix("/"), isTrusted(name, user), let bytes = try? readFile(root + name) { return (name, bytes) }
    }
    return nil
  }

  private func isTrusted(_ path: String, _ user: [UInt8]) -> Bool {
    if root.holdsCopy(of: path) { return true }
    // Most users have none.
    guard let file = FileTrust(path), let account = users.account(of: user) else { return false }
    return ForwardSafety(program.options.text("DontBlameSendmail")).trusts(path, file, of: account)
  }

  // MARK: Ends

  private func destination(of triple: ResolvedAddress, _ mailer: CFMailer) -> Destination {
    if triple.mailer == Array("discard".utf8) { return .nowhere }
    let isNetwork = mailer.isNetwork || mailer.path == Array("[TCP]".utf8)
    if isNetwork, !SendmailRouter.isSocket(mailer) {
      return .remote(host: triple.host)
    }
    return .agent(transport: triple.mailer, host: triple.host)
  }

  private mutating func finish(_ triple: ResolvedAddress, _ destination: Destination, _ place: Place) {
    var path = place.path
    let last = Resolution(transport: triple.mailer, host: triple.host, user: triple.user)
    if path.last != last { path.append(last) }
    copies.append(Copy(triple: triple, destination: destination, path: path, owner: place.owner))
  }

  private mutating func refuse(_ reply: Reply, _ triple: ResolvedAddress, _ place: Place) {
    if !place.isExpanded { refusal = .reject(reply) }
    finish(triple, .bounce(reply), place)
  }

  private mutating func fail(_ place: Place) {
    if !place.isExpanded { refusal = .temporaryFailure(AddressResolver.systemFailure) }
    finish(
      ResolvedAddress(mailer: Array("error".utf8), host: [], user: []),
      .deferred(AddressResolver.systemFailure), place)
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension AddressResolver {
  /// A text with its macros replaced.
  func expandText(_ text: [UInt8]) -> [UInt8] {
    var names = engine.names
    let units = names.translate(text, comments: false).units
    return engine.macros.expand(units).units.text(names)
  }
}
