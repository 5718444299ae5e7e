// Restriction.swift: one element of an smtpd_*_restrictions list.

import Diagnostics
import MailAddress
import PostfixConfig
import Routing

struct Restriction: Sendable {
  /// As written, under its present name.
  let name: String
  let action: Action
  let position: SourcePosition?

  enum Action: Sendable {
    /// A row of `RestrictionTable`.
    case rule(RestrictionRule)
    /// `check_…_access type:table`.
    case access(AccessSubject, MapList)
    /// `check_…_a_access`, `check_…_mx_access`, `check_…_ns_access`.
    case serverAccess(ServerKind, AccessSubject, MapList)
    /// A name of smtpd_restriction_classes.
    case restrictionClass([Bytes])
    /// `reject_rbl_client zone` and the like.
    case blockList(BlockListSubject, ListedDomain)
    /// `permit_dnswl_client zone` and the like.
    case allowList(AllowListSubject, ListedDomain)
    /// The next restriction only warns.
    case warnIfReject
    /// Something that cannot be understood or asked: the reason.
    case fault(String)
  }
}

/// What a check_…_access table is asked about.
enum AccessSubject: String, Sendable, CaseIterable {
  case client = "check_client_access"
  case reverseClient = "check_reverse_client_hostname_access"
  case helo = "check_helo_access"
  case sender = "check_sender_access"
  case recipient = "check_recipient_access"
  case login = "check_sasl_access"
  case certificate = "check_ccert_access"

  /// Such as `check_sender_mx_access`: subject and kind of hosts.
  static func ofServers(_ name: String) -> (AccessSubject, ServerKind)? {
    for kind in ServerKind.allCases {
      for subject in [AccessSubject.client, .reverseClient, .helo, .sender, .recipient]
      where subject.rawValue.dropLast("access".count) + kind.rawValue + "_access" == name { return (subject, kind) }
    }
    return nil
  }
}

enum BlockListSubject: String, Sendable, CaseIterable {
  case client = "reject_rbl_client"
  case clientName = "reject_rhsbl_client"
  case reverseName = "reject_rhsbl_reverse_client"
  case helo = "reject_rhsbl_helo"
  case sender = "reject_rhsbl_sender"
  case recipient = "reject_rhsbl_recipient"
}

enum AllowListSubject: String, Sendable, CaseIterable {
  case client = "permit_dnswl_client"
  case clientName = "permit_rhswl_client"
}

/// How one restriction ends.
enum Verdict: Sendable, Equatable {
  /// Permitted: the rest of the list is not asked.
  case permit
  /// No opinion: the next restriction is asked.
  case noOpinion
  case reject(Reply)
  /// Nobody could be asked.
  case cannotSay(Reply)

  var refusal: Decision? {
    switch self {
    case .permit, .noOpinion: nil
    case .reject(let reply): .reject(reply)
    case .cannotSay(let reply): .temporaryFailure(reply)
    }
  }
}
