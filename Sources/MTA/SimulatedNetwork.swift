// SimulatedNetwork.swift: hosts with addresses of their own, all of them on this machine.
//
//     192.0.2.10, port 25  ⇄  127.0.2.10, port 41237
//
// Each address has one of 127/8 in its place: there it listens, and from there it connects, so
// that whoever takes the connection can tell whose it is. Configurations, answers of the DNS,
// logs and Received: lines know the network's addresses alone. The ports are others because
// those of mail are root's.
//
// Fails: never. What has no door cannot be reached, as behind a closed port.

import Resolver

package struct SimulatedNetwork: Sendable {
  /// Whose connections these are; nil for those of a client on the same host.
  package var source: IPAddress?
  private var places: [IPAddress: IPAddress] = [:]
  private var addresses: [IPAddress: IPAddress] = [:]
  private var doors: [Door: Int] = [:]

  private struct Door: Hashable {
    let address: IPAddress
    let port: Int
  }

  /// - Parameter addresses: of all hosts. Their last three bytes are kept where that can be.
  package init(_ addresses: [IPAddress]) {
    var next = 0
    for address in addresses where places[address] == nil {
      var place = Self.place(like: address)
      while place == nil || place.map({ self.addresses[$0] != nil }) ?? false {
        next += 1
        place = .v4([127, 127, UInt8(next >> 8 & 0xFF), UInt8(next & 0xFF)])
      }
      guard let place else { continue }
      places[address] = place
      self.addresses[place] = address
    }
  }

  /// 127.0.0.0/16 has the machine's own address, and 127.127.0.0/16 those that are counted.
  private static func place(like address: IPAddress) -> IPAddress? {
    guard case .v4(let bytes) = address, let last = bytes.last, (1...254).contains(last) else { return nil }
    let place = [127] + bytes.dropFirst()
    return place.starts(with: [127, 127]) || place.starts(with: [127, 0, 0]) ? nil : .v4(Array(place))
  }

  /// Where a host of this address listens, and connects from.
  package func place(of address: IPAddress) -> IPAddress? { places[address] }

  /// The address of the network that a connection from this one of the machine has.
  func address(at text: String) -> String {
    IPAddress(text).flatMap { addresses[$0] }?.description ?? text
  }

  /// Has a port of an address lead to one of this machine.
  package mutating func open(_ port: Int, of address: IPAddress, to number: Int) {
    doors[Door(address: address, port: port)] = number
  }

  package mutating func close(_ address: IPAddress) { doors = doors.filter { $0.key.address != address } }

  /// Where to connect to; nil where nothing is reached.
  func door(_ host: String, _ port: Int) -> RuntimeSettings.Listener? {
    guard let address = IPAddress(host), let place = places[address],
      let number = doors[Door(address: address, port: port)]
    else { return nil }
    return RuntimeSettings.Listener(host: "\(place)", port: number)
  }
}
