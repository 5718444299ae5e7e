// RestrictionRule.swift: the restrictions that need no table, by name.

import MailAddress
import PostfixConfig
import Routing

struct RestrictionRule: Sendable {
  let check: @Sendable (RestrictionContext) -> Verdict

  init(_ check: @escaping @Sendable (RestrictionContext) -> Verdict) { self.check = check }

  static let all: [String: RestrictionRule] = [
    // Without a question.
    "permit": RestrictionRule { _ in .permit },
    "reject": RestrictionRule { $0.refuse($0.policy.codes.reject, "5.7.1", $0.name, $0.subject, "Access denied") },
    "defer": RestrictionRule { $0.refuse($0.policy.codes.deferral, "4.3.2", $0.name, $0.subject, "Try again later") },
    "defer_if_permit": RestrictionRule { context in
      context.deferIfPermit(
        context.refuse(450, "4.7.0", context.name, context.subject, "defer_if_permit requested"))
    },
    "defer_if_reject": RestrictionRule { context in
      if context.softening == nil {
        context.softening = context.refuse(450, "4.7.0", context.name, context.subject, "defer_if_reject requested")
      }
      return .noOpinion
    },
    "reject_unauth_pipelining": RestrictionRule { context in
      guard context.isSentAhead else { return .noOpinion }
      return context.refuse(
        503, "5.5.0", context.name, context.subject, "Improper use of SMTP command pipelining")
    },
    "permit_naked_ip_address": RestrictionRule { _ in .noOpinion },
    "permit_tls_clientcerts": RestrictionRule { $0.permitCertificate() },
    "permit_tls_all_clientcerts": RestrictionRule { $0.client.tls?.verification == .trusted ? .permit : .noOpinion },
    "reject_plaintext_session": RestrictionRule { context in
      context.client.tls != nil
        ? .noOpinion
        : .reject(
          context.policy.replies.reply(
            context.policy.codes.plaintext, "5.7.1", Bytes(ascii: "Session encryption is required")))
    },
    // About the client.
    "permit_mynetworks": RestrictionRule { $0.permitNetworks() },
    "permit_inet_interfaces": RestrictionRule { $0.permitInterfaces() },
    "permit_sasl_authenticated": RestrictionRule { $0.client.authenticatedAs == nil ? .noOpinion : .permit },
    "reject_unknown_client_hostname": RestrictionRule { $0.rejectUnknownClient() },
    "reject_unknown_reverse_client_hostname": RestrictionRule { $0.rejectUnknownReverseClient() },
    // About the greeting.
    "reject_invalid_helo_hostname": RestrictionRule { $0.rejectInvalidHelo() },
    "reject_non_fqdn_helo_hostname": RestrictionRule { $0.rejectUnqualifiedHelo() },
    "reject_unknown_helo_hostname": RestrictionRule { $0.rejectUnknownHelo() },
    // About the sender.
    "reject_non_fqdn_sender": RestrictionRule { $0.rejectUnqualified($0.sender, .sender) },
    "reject_unknown_sender_domain": RestrictionRule { $0.rejectUnknownDomain($0.sender, .sender) },
    "reject_unlisted_sender": RestrictionRule { $0.rejectUnlistedSender() },
    "reject_unverified_sender": RestrictionRule { $0.rejectUnverified($0.sender, .sender) },
    "reject_sender_login_mismatch": RestrictionRule { $0.rejectLoginMismatch([.known, .unknown, .anonymous]) },
    "reject_authenticated_sender_login_mismatch": RestrictionRule { $0.rejectLoginMismatch([.known, .unknown]) },
    "reject_known_sender_login_mismatch": RestrictionRule { $0.rejectLoginMismatch([.known, .anonymous]) },
    "reject_unauthenticated_sender_login_mismatch": RestrictionRule { $0.rejectLoginMismatch([.anonymous]) },
    // About the recipient.
    "reject_non_fqdn_recipient": RestrictionRule { $0.rejectUnqualified($0.recipient, .recipient) },
    "reject_unknown_recipient_domain": RestrictionRule { $0.rejectUnknownDomain($0.recipient, .recipient) },
    "reject_unlisted_recipient": RestrictionRule { $0.rejectUnlistedRecipient() },
    "reject_unverified_recipient": RestrictionRule { $0.rejectUnverified($0.recipient, .recipient) },
    "permit_auth_destination": RestrictionRule { $0.authorizedDestination { _ in .noOpinion } },
    "reject_unauth_destination": RestrictionRule { context in
      context.authorizedDestination {
        .reject(
          context.policy.replies.reply(
            context.policy.codes.relay, "5.7.1", [0x3C] + $0 + Bytes(ascii: ">: Relay access denied")))
      }
    },
    "defer_unauth_destination": RestrictionRule { context in
      context.authorizedDestination {
        .reject(
          context.policy.replies.reply(
            context.policy.codes.relay - 100, "4.7.1", [0x3C] + $0 + Bytes(ascii: ">: Relay access denied")))
      }
    },
    "permit_mx_backup": RestrictionRule { $0.permitBackup() },
    "reject_multi_recipient_bounce": RestrictionRule { $0.rejectManyForBounce() },
  ]
}
