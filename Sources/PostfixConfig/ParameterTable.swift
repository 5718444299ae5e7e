// ParameterTable.swift: which parameters there are, and what they are by default.
//
// A name is known when it stands in the table of defaults, when a default refers
// to it (names of earlier releases), when a service of master.cf brings it along
// (`maildrop_destination_recipient_limit`), or when another value of the same
// main.cf refers to it.

import Diagnostics
import MailAddress

package enum ParameterTable {
  /// Default values by name, unexpanded.
  static let defaultValues: [String: Bytes] = {
    var values: [String: Bytes] = [:]
    for line in defaults.utf8.split(separator: .newline) {
      let bytes = Bytes(line)
      guard let (name, value) = bytes.split(atFirst: 0x3D) else { continue }
      values[name.trimmed.text] = value.trimmed
    }
    return values
  }()

  /// The default value of a parameter, unexpanded; nil where there is none.
  package static func defaultValue(_ name: String) -> Bytes? {
    defaultValues[name] ?? (earlierNames.contains(name) ? [] : nil)
  }

  package static var names: [String] {
    Array(defaultValues.keys) + Array(earlierNames) + hostNames
  }

  /// Depend on the host.
  static let hostNames = ["myhostname", "mydomain", "mynetworks", "process_id"]

  /// Names of earlier releases, which defaults still refer to.
  static let earlierNames: Set<String> = [
    "authorized_verp_clients", "fallback_relay", "lmtp_per_record_deadline",
    "postscreen_blacklist_action", "postscreen_dnsbl_ttl",
    "postscreen_dnsbl_whitelist_threshold", "postscreen_whitelist_interfaces",
    "smtp_per_record_deadline", "smtpd_client_connection_limit_exceptions",
    "smtpd_per_record_deadline", "tlsproxy_client_level", "tlsproxy_client_policy",
    "virtual_maps",
  ]

  /// What each transport has by its own name, with the value it has otherwise.
  package static let perService: [String: String] = [
    "delivery_slot_cost": "$default_delivery_slot_cost",
    "delivery_slot_discount": "$default_delivery_slot_discount",
    "delivery_slot_loan": "$default_delivery_slot_loan",
    "destination_concurrency_failed_cohort_limit":
      "$default_destination_concurrency_failed_cohort_limit",
    "destination_concurrency_limit": "$default_destination_concurrency_limit",
    "destination_concurrency_negative_feedback":
      "$default_destination_concurrency_negative_feedback",
    "destination_concurrency_positive_feedback":
      "$default_destination_concurrency_positive_feedback",
    "destination_rate_delay": "$default_destination_rate_delay",
    "destination_recipient_limit": "$default_destination_recipient_limit",
    "extra_recipient_limit": "$default_extra_recipient_limit",
    "initial_destination_concurrency": "$initial_destination_concurrency",
    "minimum_delivery_slots": "$default_minimum_delivery_slots",
    "recipient_limit": "$default_recipient_limit",
    "recipient_refill_delay": "$default_recipient_refill_delay",
    "recipient_refill_limit": "$default_recipient_refill_limit",
    "time_limit": "$command_time_limit",
    "transport_rate_delay": "$default_transport_rate_delay",
  ]

  /// Whether one of these services brings the name along.
  package static func isPerService(_ name: String, services: Set<String>) -> Bool {
    perService.keys.contains { suffix in
      name.hasSuffix("_" + suffix) && services.contains(String(name.dropLast(suffix.count + 1)))
    }
  }
}
