// AddressList.swift: the addresses in a text such as the right side of a table.
//
// `one@a, "two words"@b, Name <three@c>, (comment) group: four, five;`
//
// Fails: never. What is between commas and is no address form that RFC 5322
// knows is taken as it stands, because mail systems do.

package enum AddressList {
  /// The tokens of each address, without comments, names and group names.
  package static func addresses(_ text: Bytes) -> [[AddressToken]] {
    var result: [[AddressToken]] = []
    var current: [AddressToken] = []
    var isRoute = false
    var hasRoute = false
    func end() {
      if !current.isEmpty { result.append(current) }
      current = []
      hasRoute = false
    }
    for token in AddressToken.scan(text) {
      switch token {
      case .comment: continue
      case .special(0x3C):
        // What came before was somebody's name.
        current = []
        isRoute = true
        hasRoute = true
      case .special(0x3E): isRoute = false
      case .special(UInt8.comma) where !isRoute: end()
      case .special(0x3B) where !isRoute: end()
      case .special(UInt8.colon) where !isRoute && current.first != .at && !current.isEmpty: current = []
      default:
        if hasRoute, !isRoute { continue }
        current.append(token)
      }
    }
    end()
    return result
  }
}
