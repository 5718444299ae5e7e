// LocalDelivery.swift: what local(8) does with a recipient of this host.
//
//     alias_maps -> .forward -> mailbox_transport -> mailbox of the account
//     otherwise fallback_transport, luser_relay, or "unknown user"
//
// An alias with an owner alias, and every .forward target but the user
// themselves, start anew as mail of their own: cleanup and routing apply again.
//
// Fails: as mail does. Expansion that does not end bounces.

import Aliases
import MailAddress
import Posix
import PostfixConfig
import Routing

struct LocalDelivery: Sendable {
  let root: FileRoot
  let aliases, mailboxTransports, mailboxCommands, fallbackTransports: MapList
  let mailboxTransport, mailboxCommand, fallbackTransport, luserRelay, forwardPath, origin: Bytes
  let expandsOwner, ownersAreSpecial: Bool
  let propagates: Set<Bytes>
  let commandsAllowed, filesAllowed: Set<Bytes>
  let accounts: any LookupTable
  let mapping: AddressMapping
  /// What mail that starts anew goes through.
  let cleanup: Cleanup

  init(_ configuration: PostfixConfiguration, opener: TableOpener, mapping: AddressMapping, cleanup: Cleanup) {
    let settings = configuration.settings(for: configuration.master.service("local", type: "unix"))
    self.mapping = mapping
    self.cleanup = cleanup
    root = configuration.root
    func maps(_ name: String, references: Bool = false) -> MapList {
      MapList(name, of: settings, opener: opener, allowsReferences: references)
    }
    func words(_ name: String) -> Set<Bytes> { Set(settings.list(name).map(\.lowercased)) }
    aliases = maps("alias_maps")
    mailboxTransports = maps("mailbox_transport_maps")
    mailboxCommands = maps("mailbox_command_maps")
    fallbackTransports = maps("fallback_transport_maps")
    mailboxTransport = settings.value("mailbox_transport")
    mailboxCommand = settings.value("mailbox_command")
    fallbackTransport = settings.value("fallback_transport")
    luserRelay = settings.rawValue("luser_relay") ?? []
    forwardPath = settings.rawValue("forward_path") ?? []
    origin = settings.value("myorigin")
    expandsOwner = settings.flag("expand_owner_alias")
    ownersAreSpecial = settings.flag("owner_request_special")
    propagates = words("propagate_unmatched_extensions")
    commandsAllowed = words("allow_mail_to_commands")
    filesAllowed = words("allow_mail_to_files")
    accounts = opener.open(TableOpener.Request(Bytes(ascii: "unix:passwd.byname")))
  }

  func deliver(_ copy: DeliveryAgents.Copy, agents: DeliveryAgents, trace: Tracer) -> [Delivery] {
    let expansion = LocalExpansion(self, agents: agents, copy: copy, trace: trace)
    expansion.start(
      LocalRecipient(address: copy.route.recipient, sender: copy.sender, path: copy.path))
    return expansion.deliveries
  }

  /// Home folder of an account; nil where there is none.
  func home(_ user: Bytes) -> Bytes? {
    guard let line = accounts.lookUp(user).value else { return nil }
    let fields = line.split(separator: .colon, omittingEmptySubsequences: false)
    return fields.count > 5 ? Bytes(fields[5]) : nil
  }
}

/// One recipient within an expansion.
struct LocalRecipient {
  var address: Bytes
  var sender: Bytes
  var path: [Resolution]
  /// Which alias or user names it, and how.
  var origin = Origin.envelope
  /// The alias or user that names it: a name that names itself means the account.
  var expandedFrom: Bytes?
  /// Whose mail it is: an alias with an owner, or a user's .forward.
  var owner: Bytes?
  /// The part after the delimiter that nothing matched yet.
  var unmatched: Bytes = []
  var depth = 0

  enum Origin: String { case envelope, alias, forward, include }
}
