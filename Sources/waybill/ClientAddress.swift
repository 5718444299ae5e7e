// ClientAddress.swift: the address of a client on the command line.

import ArgumentParser
import Equivalence
import PostfixConfig
import Routing

/// An IPv4 or IPv6 address, without brackets.
struct ClientAddress: ExpressibleByArgument {
  let client: Client

  init?(argument: String) {
    let bytes = Array(argument.utf8)
    guard Network.octets(bytes) != nil else { return nil }
    client = .outside(bytes, name: nil)
  }
}
