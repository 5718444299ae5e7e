// AddressMapping.swift: replacing an address by what a table says.
//
// A result `@other` keeps the local part. The part after the delimiter goes to
// each result where propagate_unmatched_extensions says so. Results are completed
// as trivial-rewrite completes every address.
//
// Fails: `cannotSay` with the table's reason, or with a loop that does not end.

import MailAddress
import PostfixConfig

struct AddressMapping: Sendable {
  var rewriting: AddressRewriting
  let lookup: AddressLookup
  let classes: AddressClasses
  let limits: Limits

  struct Limits: Sendable {
    let recursion, expansion, length: Int

    init(_ settings: Settings) {
      recursion = settings.number("virtual_alias_recursion_limit")
      expansion = settings.number("virtual_alias_expansion_limit")
      length = settings.number("virtual_alias_address_length_limit")
    }
  }

  /// One step: the addresses that replace one, nil where the table has none.
  func map(
    _ address: Bytes, through maps: MapList, propagates: Bool, trace: Tracer?
  ) throws(MapList.Failure) -> [Bytes]? {
    guard let hit = try lookup.find(address, in: maps, isLocal: classes.isLocal) else { return nil }
    trace?.note(hit.entry, maps.title)
    var text = hit.entry.value
    if text.first == .at { text = AddressForm.quoted(AddressForm.parts(address).local + text) }
    let addresses = AddressList.addresses(text)
    if addresses.isEmpty { throw MapList.Failure(reason: "no address in '\(text.text)'") }
    return addresses.map { tokens in
      let result = AddressToken.internalForm(rewriting.rewrite(tokens))
      return propagates ? Self.adding(hit.unmatched, to: result) : result
    }
  }

  /// `user@domain` and `+ext` to `user+ext@domain`.
  static func adding(_ ending: Bytes, to address: Bytes) -> Bytes {
    let (local, domain) = AddressForm.parts(address)
    return local + ending + (domain.map { [.at] + $0 } ?? [])
  }

  /// canonical and generic: one address for one, again until nothing changes.
  func mapOneToOne(
    _ address: Bytes, through maps: MapList, propagates: Bool, trace: Tracer?
  ) throws(MapList.Failure) -> Bytes {
    if maps.isEmpty { return address }
    var current = address
    for _ in 0..<20 {
      guard let next = try map(current, through: maps, propagates: propagates, trace: trace)?.first
      else { return current }
      if next.equalsIgnoringCase(current) { return next }
      current = next
    }
    throw MapList.Failure(reason: "unreasonable \(maps.title) map nesting for \(address.text)")
  }

  /// virtual: any number for one, each looked up again; an address may stand in
  /// its own expansion once.
  func mapOneToMany(
    _ address: Bytes, through maps: MapList, propagates: Bool, trace: Tracer?
  ) throws(MapList.Failure) -> [Bytes] {
    if maps.isEmpty { return [address] }
    var result = [address]
    var isFinal: Set<Bytes> = []
    var index = 0
    while index < result.count {
      guard result.count <= limits.expansion else {
        throw MapList.Failure(reason: "unreasonable \(maps.title) map expansion size for \(address.text)")
      }
      var rounds = 0
      while !isFinal.contains(result[index].lowercased) {
        guard rounds < limits.recursion else {
          throw MapList.Failure(reason: "unreasonable \(maps.title) map nesting for \(address.text)")
        }
        rounds += 1
        let current = result[index]
        guard let next = try map(current, through: maps, propagates: propagates, trace: trace),
          let first = next.first
        else { break }
        guard next.allSatisfy({ $0.count <= limits.length }) else {
          throw MapList.Failure(reason: "unreasonable \(maps.title) result for \(current.text)")
        }
        if next.contains(where: { $0.equalsIgnoringCase(current) }) { isFinal.insert(current.lowercased) }
        result[index] = first
        result += next.dropFirst()
      }
      index += 1
    }
    return result
  }
}
