// VirtualMailboxes.swift: the tables of virtual(8): where a mailbox is, and whose.
//
// Fails: never; an owner that virtual(8) would not write for is told in words.

import MailAddress
import PostfixConfig

struct VirtualMailboxes: Sendable {
  let places, users, groups: MapList
  let base: Bytes
  private let leastUser: Int

  init(_ settings: Settings, opener: TableOpener) {
    func maps(_ name: String) -> MapList { MapList(name, of: settings, opener: opener, allowsReferences: false) }
    places = maps("virtual_mailbox_maps")
    users = maps("virtual_uid_maps")
    groups = maps("virtual_gid_maps")
    base = settings.value("virtual_mailbox_base")
    leastUser = settings.number("virtual_minimum_uid", otherwise: 100)
  }

  /// What is wrong with the owner that the tables give; nil for nothing.
  func ownerFault(user: MapList.Hit?, group: MapList.Hit?) -> String? {
    guard let user else { return "not found in virtual_uid_maps" }
    guard let number = user.value.decimalValue, number >= leastUser else { return "bad uid in virtual_uid_maps" }
    guard let group else { return "not found in virtual_gid_maps" }
    guard let number = group.value.decimalValue, number > 0 else { return "bad gid in virtual_gid_maps" }
    return nil
  }
}
